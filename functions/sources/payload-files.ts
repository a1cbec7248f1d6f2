/**
 * Answers of live sources as source files. The name of the file of an answer says what was asked:
 * `nba_cdn.boxscore.0022300645.json`. An answer that stands for several source files has a name for each, with its kind:
 * `nba_cdn.boxscore.0022300645.json#player_box`.
 */
import Papa from 'papaparse';
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import type { Season } from '../../shared/domain/season.ts';
import { SOURCES } from './index.ts';
import { NotYet, PayloadFault, type Endpoint, type Reading, type SourceCell } from './source.ts';

/** What the name of an answer, or of what it has of one kind, says. */
export interface PayloadFile {
  /** The name of the source. */
  readonly source: string;
  /** What was asked for, such as a game. */
  readonly subject: string;
  readonly season: Season;
  readonly endpoint: Endpoint;
  /** Undefined for the whole of an answer that stands for several source files. */
  readonly kind: FileKind | undefined;
}

const NAME = /^([a-z_]+)\.([a-z_]+)\.([\w-]+)\.json(?:\.gz)?(?:#([a-z_]+))?$/;

/** What the name of a file says (a path is allowed); undefined when it is not the name of an answer. */
export function payloadFileOf(path: string): PayloadFile | undefined {
  const [, source = '', asked = '', subject = '', part] =
    NAME.exec(path.slice(path.lastIndexOf('/') + 1)) ?? [];
  const endpoints = SOURCES.find(({ name }) => name === source)?.endpoints ?? {};
  const endpoint = Object.hasOwn(endpoints, asked) ? endpoints[asked] : undefined;
  const season = endpoint?.seasonOf(subject);
  if (endpoint === undefined || season === undefined) return undefined;
  const { fills } = endpoint;
  const kind = part === undefined && fills.length === 1 ? fills[0] : fills.find((each) => each === part);
  if (part !== undefined && kind === undefined) return undefined;
  return { source, subject, season, endpoint, kind };
}

/** The name of the text of a PDF that a source answers, by the name of the PDF; undefined when it is not called like one. */
export function textNameOfPdf(name: string): string | undefined {
  const text = name.replace(/\.pdf$/i, '.json');
  return text !== name && payloadFileOf(text)?.endpoint.format === 'pdf' ? text : undefined;
}

/** The names of the source files that a file stands for: itself, or what an answer has of each kind. */
export function namesInFile(name: string): string[] {
  const payload = payloadFileOf(name);
  if (payload === undefined || payload.kind !== undefined) return [name];
  return payload.endpoint.fills.map((kind) => `${name}#${kind}`);
}

/** The name under which the bytes of a source file are kept: that of the answer that it is a part of. */
export function fileNameOf(name: string): string {
  return payloadFileOf(name) === undefined ? name : name.replace(/#.*$/, '');
}

/** What is wrong with an answer, as a predicate that follows its name; `notYet` when it is sound and says that nothing is known yet. */
interface Fault {
  readonly fault: string;
  readonly notYet: boolean;
}

/** What an answer has of the kind that `payload` names, as the text of a source file. @param json the text of the answer */
export function payloadText(
  { endpoint, subject, kind }: PayloadFile,
  json: string,
): { readonly text: string; readonly fault?: undefined } | Fault {
  const looked = lookInto(json, (document) =>
    endpoint.read(document, subject).find((each) => each.kind === kind),
  );
  return looked.fault === undefined ? { text: textOf(looked.found) } : looked;
}

/** What `look` finds in an answer. @param json the text of the answer */
export function lookInto<T>(
  json: string,
  look: (document: unknown) => T,
): { readonly found: T; readonly fault?: undefined } | Fault {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    const fault = /^\s*</.test(json) ? 'is a web page, no answer in JSON' : 'is no whole JSON document';
    return { fault, notYet: false };
  }
  try {
    return { found: look(document) };
  } catch (error) {
    if (error instanceof PayloadFault) return { fault: error.message, notYet: error instanceof NotYet };
    throw error;
  }
}

function textOf(reading: Reading | undefined): string {
  const { columns: fields, lines } = reading ?? { columns: [], lines: [] };
  const data = lines.map((line) => fields.map((field) => written(line[field] ?? null)));
  return `${Papa.unparse({ fields: [...fields], data }, { newline: '\n' })}\n`;
}

/** A cell on one line. */
function written(cell: SourceCell): string {
  return cell === null ? '' : String(cell).replaceAll(/\s+/g, ' ');
}
