/** Tells a sound source file from a damaged one, such as a download that broke off, and unpacks it. */
import { gunzipSync } from 'node:zlib';
import { cellsOf } from './source-text.ts';

/** Most bytes of the text of a file, and how many times as long as its compressed form it may be. */
const MAX_TEXT_BYTES = 512 * 2 ** 20;
const MAX_RATIO = 200;

/** The text of a sound file; or what is wrong with a damaged one, as a predicate that follows its name. */
export type SoundText =
  | { readonly text: string; readonly fault?: undefined }
  | { readonly text?: undefined; readonly fault: string };

/**
 * The text of a source file, gzipped or not. A file is damaged when its compression is cut off or it grows out of bounds,
 * when it is not UTF-8 or holds NUL characters, or when its last line is torn. For example, the fault is `is not UTF-8 text`.
 */
export function soundTextOf(bytes: Uint8Array): SoundText {
  const { text, fault } = unpackedText(bytes);
  if (fault !== undefined) return { fault };
  return hasTornLine(text) ? { fault: 'ends in the middle of a line' } : { text };
}

/** The text of a file in UTF-8, gzipped or not, whatever its lines are. */
export function unpackedText(bytes: Uint8Array): SoundText {
  const unpacked = isGzip(bytes) ? unpack(bytes) : bounded(bytes);
  if (unpacked.fault !== undefined) return unpacked;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(unpacked.plain);
  } catch {
    return { fault: 'is not UTF-8 text' };
  }
  if (text.includes('\0')) return { fault: 'holds NUL characters, as no text in UTF-8 does' };
  return { text };
}

function bounded(
  plain: Uint8Array,
): { readonly plain: Uint8Array; readonly fault?: undefined } | { readonly fault: string } {
  return plain.length > MAX_TEXT_BYTES ? { fault: TOO_LONG } : { plain };
}

const TOO_LONG = 'holds more than 512 MiB of text';

/** What is in the compressed bytes, at most {@link MAX_TEXT_BYTES} and {@link MAX_RATIO} times as much as 64 KiB or them. */
function unpack(
  bytes: Uint8Array,
): { readonly plain: Uint8Array; readonly fault?: undefined } | { readonly fault: string } {
  let plain: Uint8Array;
  try {
    plain = gunzipSync(bytes, { maxOutputLength: MAX_TEXT_BYTES });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return {
      fault: code === 'ERR_BUFFER_TOO_LARGE' ? TOO_LONG : `is cut off or damaged (${message})`,
    };
  }
  return plain.length > MAX_RATIO * Math.max(bytes.length, 64 * 1024)
    ? { fault: `grows more than ${MAX_RATIO} times when it is unpacked` }
    : { plain };
}

/** Whether the last line has no end and fewer cells than the header. */
function hasTornLine(text: string): boolean {
  if (text.endsWith('\n') || text === '') return false;
  const header = cellsOf(text.slice(0, text.indexOf('\n')).replace(/^\uFEFF|\r$/g, ''));
  const last = cellsOf(text.slice(text.lastIndexOf('\n') + 1));
  if ('fault' in header || !text.includes('\n')) return false;
  return 'fault' in last || last.cells.length < header.cells.length;
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The text of a source file, gzipped or not. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(isGzip(bytes) ? gunzipSync(bytes) : bytes);
}
