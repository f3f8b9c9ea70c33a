/** Figures, the tickets behind them, kept reports and files of them. */
import { api, take } from './client'
import type { components } from './schema'
