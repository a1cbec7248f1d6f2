/** Says what an answer of a live source is: sound, not there yet, a refusal, or something that cannot be read. */
import type { AskedStatus, KeptAnswer } from '../../shared/domain/source-state.ts';
import type { HttpAnswer } from '../../shared/ports/http.ts';
import { lookInto } from './payload-files.ts';
import { pdfTextOf } from './pdf-text.ts';
import { PayloadFault, type Endpoint, type Source } from './source.ts';

/** What became of one try, as far as its answer says. */
interface Judged {
  readonly status: AskedStatus;
  /** Why there is no answer, as a predicate that follows the name; null when there is one. */
  readonly detail: string | null;
  /** The name of a PDF that cannot be read; absent for other answers. */
  readonly name?: string;
  readonly bytes?: Uint8Array;
  /** The PDF of which `bytes` are the text. */
  readonly original?: { readonly name: string; readonly bytes: Uint8Array };
  /** Events that are asked about next. */
  readonly leads?: readonly string[];
  /** When the games of these events begin. */
  readonly starts?: ReadonlyMap<string, Date>;
}

/** A question, as far as it decides what its answer means. */
export interface Question {
  readonly source: Source;
  readonly endpoint: Endpoint;
  /** The name of the answer as a file. */
  readonly name: string;
  readonly subject: string;
  readonly now: Date;
  /** The answer that need not be sent again; undefined where a whole answer is asked for. */
  readonly kept: KeptAnswer | undefined;
}

/** What a try has brought. */
export async function judged(answer: HttpAnswer, question: Question): Promise<Judged> {
  if (answer.kind === 'nothing') return NOTHING[answer.why];
  const { status, body } = answer;
  const { source, endpoint, kept } = question;
  if (status === 200 || status === 203)
    return endpoint.format === 'pdf' ? readPdf(body, question) : read(body, question);
  if (status === 304 && kept !== undefined) return { status: 'unchanged', detail: null };
  if (status === 404) return { status: 'not_yet', detail: 'is not there yet (404)' };
  if (status === 429) return { status: 'throttled', detail: 'was asked for too often (429)' };
  if (status === 401) return { status: 'refused', detail: 'is refused: the key is not accepted (401)' };
  if (status === 403) return forbidden(new TextDecoder().decode(body.subarray(0, 500)), source, endpoint);
  return { status: 'failed', detail: `was not answered (${status})` };
}

const NOTHING: Readonly<Record<Extract<HttpAnswer, { kind: 'nothing' }>['why'], Judged>> = {
  unreachable: { status: 'unreachable', detail: 'cannot be asked for: no connection' },
  hung: { status: 'hung', detail: 'was not answered in time' },
  broken: { status: 'failed', detail: 'broke off' },
  too_large: { status: 'misread', detail: 'is larger than any answer may be' },
};

/**
 * A store of files answers 403 for a file that it does not have; a page says that we are not let in. What is asked about a season is
 * always there.
 */
function forbidden(text: string, { isForbiddenNotYet }: Source, { about }: Endpoint): Judged {
  const isMissing = isForbiddenNotYet === true || /<Code>AccessDenied<\/Code>/.test(text);
  return isMissing && about !== 'season'
    ? { status: 'not_yet', detail: 'is not there yet (403, no such file)' }
    : { status: 'refused', detail: 'is refused (403)' };
}

/** What an answer says that was sound before: its JSON, or the text of its PDF. */
export function judgedAgain(bytes: Uint8Array, question: Question): Judged {
  return read(bytes, question);
}

/** Looks into a PDF: its text is the answer, and the PDF is kept beside it. */
async function readPdf(body: Uint8Array, question: Question): Promise<Judged> {
  const name = question.name.replace(/\.json$/, '.pdf');
  try {
    const text = new TextEncoder().encode(JSON.stringify(await pdfTextOf(body)));
    return { ...read(text, question), original: { name, bytes: body } };
  } catch (error) {
    if (!(error instanceof PayloadFault)) throw error;
    return { name, status: 'misread', detail: error.message, bytes: body };
  }
}

/** Looks whether an answer can be read, and where it leads. */
function read(body: Uint8Array, { endpoint, subject, now }: Question): Judged {
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return { status: 'misread', detail: 'is not UTF-8 text', bytes: body };
  }
  const looked = lookInto(json, (document) => {
    endpoint.read(document, subject);
    const leads = endpoint.leadsTo?.(document, subject, now) ?? [];
    return { leads, starts: endpoint.startsOf?.(document, subject, now) ?? new Map<string, Date>() };
  });
  if (looked.fault === undefined) return { status: 'fetched', detail: null, bytes: body, ...looked.found };
  const { fault: detail, notYet } = looked;
  return notYet ? { status: 'not_yet', detail } : { status: 'misread', detail, bytes: body };
}
