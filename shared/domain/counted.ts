/** Numbers of things in a sentence. */

/** 12345 as `12 345`. */
export function grouped(value: number): string {
  return Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, ' ') : String(value);
}

/**
 * A number with its noun: `1 date`, `1 230 games`, `2 partitions`, `1 try`.
 * @param several the noun for any other number than 1; by default with an s
 */
export function counted(value: number, noun: string, several = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : several}`;
}
