import type { Time } from '../foundation/clock.ts'

export interface PlatformRow {
  id: string
  name: string
  mode: 'live' | 'test'
  clock_offset_ms: number
  created_at: Time
}
