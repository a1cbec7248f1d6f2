/** Groups refused rows by their cause: reasons that differ only in their values have the same cause. */

/** A refused row, as far as its cause goes. */
interface Refused {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** Rows of one file that were refused for one cause. */
export interface RejectCause {
  /** The reason with its values replaced: `game … is not in the schedule of …`. */
  readonly cause: string;
  readonly file: string;
  readonly rows: number;
  /** The first of the rows: `line 12: game 0022200001 is not in the schedule of 2022-23`. */
  readonly example: string;
}

/** The cause of a refusal: its reason without quoted texts, dates, ids, numbers and team codes. */
export function causeOf(reason: string): string {
  return reason
    .replaceAll(/"[^"]*"/g, '…')
    .replaceAll(/\b(?=[\w.:+-]*\d)[\w.:+-]*\w/g, '…')
    .replaceAll(/-?\b\d+\b/g, '…')
    .replaceAll(/\b(?!NBA\b|UTC\b)[A-Z]{3}\b/g, '…');
}

/** The causes of refused rows, in the order in which they first occur. */
export function causesOf(refused: readonly Refused[]): RejectCause[] {
  return addedUp(
    refused.map(({ file, line, reason }) => ({
      cause: causeOf(reason),
      file,
      rows: 1,
      example: `line ${line}: ${reason}`,
    })),
  );
}

/** The same causes with their rows added up. */
export function addedUp<T extends RejectCause>(causes: readonly T[]): T[] {
  return [...Map.groupBy(causes, ({ file, cause }) => `${file} ${cause}`).values()].flatMap((same) => {
    const [first] = same;
    return first === undefined ? [] : [{ ...first, rows: same.reduce((sum, { rows }) => sum + rows, 0) }];
  });
}

/**
 * Whether rows are refused because of something else that was refused or is lacking, such as a game that the schedule does
 * not have.
 */
export function isConsequence(cause: string): boolean {
  return /\bschedule\b/.test(cause);
}
