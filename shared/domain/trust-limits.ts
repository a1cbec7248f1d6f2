/** Every limit by which holes are healed and alarms are raised. Shares are of 1. */

/** What the daily look and `gaps --heal` ask for without asking a person. What is larger is proposed. */
export const HEAL = {
  /** Most dates of one table in a row that are one small hole. */
  datesInARow: 14,
  /** Most partitions that one look asks for, with those that have to be built first. */
  cells: 120,
  /** Most seconds that they may take, by what runs have taken on this target. */
  seconds: 1800,
  /** Most dollars that BigQuery may charge for them. */
  usd: 1,
} as const;

/** Days after its date from which a cell that is not there is a hole: until then live work may still build it. */
export const DUE_DAYS = { pre_game: 1, post_game: 2 } as const;

/** What raises an alarm. */
export const ALARM = {
  /** Games of `player_composite_factors` over those of `player_game_summary`, in any so many days after the first 14 of a season. */
  phase4: { days: 7, share: 0.8 },
  /** Games of a table that should be there in a season, for tables without a limit of their own in `validation.ts`. */
  tableShare: 0.85,
  /** Rows of a table and season that were computed without their context row. */
  degradedShare: 0.1,
  /** Hours after which what waits, is blocked or runs on a date that is over has waited too long. */
  waitingHours: 12,
  /** Minutes that a message may wait to be published. */
  outboxMinutes: 15,
  /** Minutes in which nothing of a running backfill has moved. */
  backfill: { reviewMinutes: 5, failMinutes: 10 },
  /** Hours since the last sound answer of a kind of question that is asked and refused, and refusals since then. */
  source: { hours: 36, refusals: 3 },
  /** Days after which a scheduled date of the present season has results. */
  resultDays: 2,
} as const;
