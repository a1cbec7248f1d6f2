/** Reads the text of a source file, or of what an answer of a live source has of one kind. */
import { payloadFileOf, payloadText } from '../sources/payload-files.ts';
import { soundTextOf, unpackedText, type SoundText } from './sound-file.ts';

/** The text of the source file `name` of which the archive, or a person, has `bytes`. */
export function textOfSource(name: string, bytes: Uint8Array): SoundText {
  const payload = payloadFileOf(name);
  if (payload === undefined) return soundTextOf(bytes);
  const json = unpackedText(bytes);
  return json.fault === undefined ? payloadText(payload, json.text) : json;
}
