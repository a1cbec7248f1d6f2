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
