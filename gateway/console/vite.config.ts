import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, URL } from 'node:url'
import { gzipSync } from 'node:zlib'

import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Puts the offline API page under dist/docs, which the gateway serves at /docs. */
function apiDocs(): Plugin {
  return {
    name: 'api-docs',
    apply: 'build',
    generateBundle() {
      const swagger = dirname(
        createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'),
      )
      const files = {
        'index.html': here('./swagger/index.html'),
        'init.js': here('./swagger/init.js'),
        'swagger-ui.css': join(swagger, 'swagger-ui.css'),
        'swagger-ui-bundle.js': join(swagger, 'swagger-ui-bundle.js'),
      }
      for (const [name, path] of Object.entries(files)) {
        this.emitFile({ type: 'asset', fileName: `docs/${name}`, source: readFileSync(path) })
      }
    },
  }
}

/** Lays a compressed copy beside each text, which the gateway sends to whoever takes gzip. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    async writeBundle({ dir = 'dist' }, bundle) {
      const texts = Object.values(bundle).filter((file) => /\.(js|css)$/.test(file.fileName))
      await Promise.all(
        texts.map((file) => {
          const text = file.type === 'chunk' ? file.code : file.source
          return writeFile(join(dir, `${file.fileName}.gz`), gzipSync(text, { level: 9 }))
        }),
      )
    },
  }
}

export default defineConfig({
  plugins: [
    vue(),
    Components({
      // Own components are imported by name, so that a reader sees where they come from.
      dirs: [],
      dts: false,
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
    apiDocs(),
    compressed(),
  ],
  resolve: { alias: { '@': here('./src') } },
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  server: { proxy: { '/api': process.env.TIDEDESK_GATEWAY ?? 'http://127.0.0.1:8080' } },
  build: {
    target: 'es2022',
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // What no release of ours changes stays in the browsers' caches.
            { name: 'vue', test: /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify|pinia)\// },
            // A request costs more than a kilobyte: what several pages need comes in one piece
            // each, or a first page takes 170 requests.
            { name: 'element', test: /node_modules\//, minShareCount: 3 },
            { name: 'shared', test: /console\/src\//, minShareCount: 3 },
          ],
        },
      },
    },
  },
  // A busy machine is slow, not wrong: a minute instead of five seconds.
  test: { environment: 'jsdom', include: ['tests/**/*.test.ts'], testTimeout: 60_000 },
})
