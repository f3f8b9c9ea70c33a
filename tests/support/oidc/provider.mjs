/**
 * A real OpenID provider for the tests, on 127.0.0.1. What it is to know comes as JSON in SETUP:
 * {port, clients, accounts: {subject: claims}}. It ends when its standard input does, and so with
 * whoever started it.
 */
import { generateKeyPairSync } from 'node:crypto'

import Provider from 'oidc-provider'

const { port, clients, accounts } = JSON.parse(process.env.SETUP)

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const key = { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'first' }

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients,
  jwks: { keys: [key] },
  cookies: { keys: ['of the tests'] },
  // Its own pages take any password.
  features: { devInteractions: { enabled: true } },
  pkce: { required: () => true },
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username', 'locale'],
    email: ['email', 'email_verified'],
  },
  // As most providers do: no further request is needed to learn who it is.
  conformIdTokenClaims: false,
  findAccount: (_, subject) =>
    accounts[subject] && {
      accountId: subject,
      claims: () => ({ sub: subject, ...accounts[subject] }),
    },
  ttl: { Grant: 3600, Session: 3600, Interaction: 600, AccessToken: 600, IdToken: 600 },
})

provider.listen(port, '127.0.0.1')
process.stdin.resume().on('end', () => process.exit())
