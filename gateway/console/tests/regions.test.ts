import { expect, test } from 'vitest'

import { regionPaths } from '@/format/regions'

const place = (region_id: string, parent_id: string | null, name: string) => ({
  region_id,
  parent_id,
  name,
})

test('regions are called by their way from the top', () => {
  const paths = regionPaths([
    place('c', 'b', '浦东'),
    place('b', 'a', '上海'),
    place('a', null, '华东'),
    place('d', 'gone', '西藏'),
  ])
  expect(paths).toEqual([
    { id: 'a', path: '华东' },
    { id: 'b', path: '华东 / 上海' },
    { id: 'c', path: '华东 / 上海 / 浦东' },
    { id: 'd', path: '西藏' },
  ])
})

test('a circle ends', () => {
  const paths = regionPaths([place('a', 'b', '甲'), place('b', 'a', '乙')])
  expect(paths).toHaveLength(2)
})
