/** What ECharts is to draw. Tips are drawn too (richText): no name that somebody chose becomes HTML. */
import type { BarSeriesOption, LineSeriesOption, PieSeriesOption } from 'echarts/charts'
import type { EChartsCoreOption } from 'echarts/core'

import { scaleOf } from './scale'
import type { ChartContent, RadarContent, Series } from './shapes'
import { BEFORE, INK, LINE, MUTED, PALETTE } from './theme'

/** Longer names are cut on the axis; the tip has them whole. */
const LONGEST_NAME = 96
const TEXT = { color: MUTED, fontSize: 12 }
const TIP = {
  renderMode: 'richText',
  confine: true,
  backgroundColor: '#fff',
  borderColor: LINE,
  textStyle: { color: INK, fontSize: 12.5 },
} as const

const legend = (count: number) => ({
  show: count > 1,
  type: 'plain',
  top: 0,
  left: 0,
  itemWidth: 14,
  itemHeight: 10,
  textStyle: { color: INK },
})

/** Lines over time. */
export function lineOption(content: ChartContent, language: string): EChartsCoreOption {
  const { scale, drawn } = scaled(content, language)
  const series: LineSeriesOption[] = content.series.map((one, place) => ({
    type: 'line',
    name: one.name,
    data: drawn[place],
    color: colourOf(content.series, place),
    symbol: 'circle',
    symbolSize: content.labels.length > 60 ? 4 : 7,
    showSymbol: true,
    lineStyle: one.isBefore ? { type: 'dashed', width: 2 } : { width: 2.5 },
    connectNulls: false,
  }))
  return {
    ...frame(content, scale.full),
    xAxis: { ...axisOf(content.labels), boundaryGap: false },
    yAxis: valueAxis(content, scale.axis),
    series,
  }
}

/** Bars; `isLying`: from left to right, for names that need room. */
export function barOption(
  content: ChartContent,
  language: string,
  isLying = false,
): EChartsCoreOption {
  const { scale, drawn } = scaled(content, language)
  const isLabelled = content.labels.length * content.series.length <= 24
  const series: BarSeriesOption[] = content.series.map((one, place) => ({
    type: 'bar',
    name: one.name,
    data: drawn[place],
    color: colourOf(content.series, place),
    barMaxWidth: isLying ? 20 : 36,
    barGap: '10%',
    label: {
      show: isLabelled,
      position: isLying ? 'right' : 'top',
      color: INK,
      fontSize: 11.5,
      formatter: ({ value }) => (typeof value === 'number' ? scale.axis(value) : ''),
    },
  }))
  const names = axisOf(content.labels)
  const values = valueAxis(content, scale.axis)
  return {
    ...frame(content, scale.full),
    // The largest stands on top.
    ...(isLying
      ? { xAxis: values, yAxis: { ...names, inverse: true } }
      : { xAxis: names, yAxis: values }),
    series,
  }
}

/** Shares of a whole, of the first series. */
export function pieOption(content: ChartContent, language: string): EChartsCoreOption {
  const { scale } = scaled(content, language)
  const values = content.series[0]?.values ?? []
  const series: PieSeriesOption[] = [
    {
      type: 'pie',
      name: content.series[0]?.name,
      radius: ['42%', '70%'],
      center: ['50%', '52%'],
      data: content.labels.map((name, place) => ({ name, value: values[place] ?? 0 })),
      color: [...PALETTE],
      itemStyle: { borderColor: '#fff', borderWidth: 2 },
      stillShowZeroSum: false,
      label: {
        color: INK,
        fontSize: 12,
        formatter: ({ name, percent }) => `${name}\n${percent}%`,
        overflow: 'break',
        width: 84,
      },
    },
  ]
  const tip = ({ name, value, percent }: { name: string; value: number; percent: number }) =>
    `${name}: ${scale.full(value)} (${percent}%)`
  return { tooltip: { ...TIP, trigger: 'item', formatter: tip }, series }
}

/** Several metrics at once, each from nothing to its largest. */
export function radarOption(content: RadarContent, language: string): EChartsCoreOption {
  const scales = content.axes.map((axis, place) =>
    scaleOf(
      content.series.map((one) => one.values[place] ?? null),
      axis.unit,
      language,
    ),
  )
  const tip = ({ name, value }: { name: string; value: number[] }) =>
    [name, ...content.axes.map((axis, at) => `${axis.name}: ${scales[at]!.full(value[at])}`)].join(
      '\n',
    )
  return {
    legend: legend(content.series.length),
    tooltip: { ...TIP, trigger: 'item', formatter: tip },
    radar: {
      center: ['50%', '56%'],
      radius: '62%',
      axisName: { color: INK, fontSize: 12, overflow: 'break', width: 100 },
      splitLine: { lineStyle: { color: LINE } },
      axisLine: { lineStyle: { color: LINE } },
      splitArea: { show: false },
      indicator: content.axes.map(({ name }, place) => ({
        name,
        ...boundsOf(content, place, scales[place]!.divisor),
      })),
    },
    series: [
      {
        type: 'radar',
        symbolSize: 5,
        data: content.series.map((one, place) => ({
          name: one.name,
          value: one.values.map((value, at) => (value ?? 0) / scales[at]!.divisor),
          itemStyle: { color: colourOf(content.series, place) },
          lineStyle: { width: 2, type: one.isBefore ? 'dashed' : 'solid' },
          areaStyle: { opacity: 0.08 },
        })),
      },
    ],
  }
}

function boundsOf({ series }: RadarContent, place: number, divisor: number) {
  const values = series.map((one) => (one.values[place] ?? 0) / divisor)
  return { max: Math.max(...values, 0) || 1, min: Math.min(...values, 0) }
}

function scaled(content: ChartContent, language: string) {
  const scale = scaleOf(
    content.series.flatMap((one) => one.values),
    content.unit,
    language,
  )
  const drawn = content.series.map((one) =>
    one.values.map((value) => (value === null ? null : value / scale.divisor)),
  )
  return { scale, drawn }
}

function frame(content: ChartContent, full: (value: number | null) => string) {
  return {
    legend: legend(content.series.length),
    grid: {
      left: 4,
      right: 28,
      top: content.series.length > 1 ? 44 : 24,
      bottom: 4,
      containLabel: true,
    },
    tooltip: {
      ...TIP,
      trigger: 'axis',
      valueFormatter: (value: unknown) => full(typeof value === 'number' ? value : null),
    },
  }
}

function axisOf(labels: string[]) {
  return {
    type: 'category',
    data: labels,
    axisLine: { lineStyle: { color: LINE } },
    axisTick: { show: false },
    axisLabel: { ...TEXT, hideOverlap: true, overflow: 'truncate', width: LONGEST_NAME },
  }
}

function valueAxis({ unit, series }: ChartContent, words: (value: number) => string) {
  const isWhole =
    unit === 'count' && !series.some((one) => one.values.some((value) => (value ?? 0) % 1))
  return {
    type: 'value',
    axisLabel: { ...TEXT, formatter: words, hideOverlap: true },
    splitLine: { lineStyle: { color: LINE } },
    ...(isWhole ? { minInterval: 1 } : {}),
  }
}

function colourOf(series: Series[], place: number): string {
  return series[place]?.isBefore ? BEFORE : PALETTE[place % PALETTE.length]!
}
