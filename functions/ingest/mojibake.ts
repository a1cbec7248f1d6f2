/** Repairs names that were written in UTF-8, read in the encoding of Windows, and written again: `JokiÄ‡` for `Jokić`. */
import type { KnownPlayers } from './schedule.ts';

/** What Windows shows for the bytes 0x80 to 0x9F. A dot stands for a byte without a character. */
const WINDOWS = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';
const BYTES: ReadonlyMap<string, number> = new Map(
  WINDOWS.split('').flatMap((character, i): [string, number][] =>
    character === '.' ? [] : [[character, 0x80 + i]],
  ),
);
/** The first byte of a letter in UTF-8, as Windows shows it. */
const SUSPICIOUS = /[\u00C2-\u00C6\u00C8-\u00CB\u00E1\u00E2]/;

const lookupsOf = new WeakMap<KnownPlayers, ReadonlySet<string>>();

/**
 * The name as it was meant, where it was read in another encoding and the repaired name is that of a known player; else the name.
 * A name may have been read so twice.
 */
export function repairedName(name: string, known: KnownPlayers, lookupOf: (name: string) => string): string {
  if (!SUSPICIOUS.test(name)) return name;
  const lookups = lookupsOf.get(known) ?? new Set([...known.values()].map((player) => lookupOf(player.name)));
  lookupsOf.set(known, lookups);
  for (let repaired = decodedAgain(name); repaired !== undefined; repaired = decodedAgain(repaired))
    if (lookups.has(lookupOf(repaired))) return repaired;
  return name;
}

/** The text whose UTF-8 bytes Windows shows as `text`; undefined when it shows no such bytes. */
function decodedAgain(text: string): string | undefined {
  if (!SUSPICIOUS.test(text)) return undefined;
  const bytes: number[] = [];
  for (const character of text) {
    const byte = BYTES.get(character) ?? character.charCodeAt(0);
    if (byte > 0xff) return undefined;
    bytes.push(byte);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
