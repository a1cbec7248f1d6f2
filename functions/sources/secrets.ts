/** Takes the secrets of the operator out of what a source answers, before anybody reads or keeps it. */
import { isSecretName } from '../../shared/observe/log-line.ts';
import type { HttpAnswer } from '../../shared/ports/http.ts';
import type { Reaching } from './ask.ts';
import type { Source } from './source.ts';

/** What stands in the place of a secret. */
const REDACTED = 'REDACTED';
/** A shorter secret could be a part of any answer, and no source gives one. */
const SHORTEST = 6;

/** What must not be kept of an answer: the key, and headers whose names say that they are secrets, in each form of an address. */
export function secretsOf({ key, headers = {} }: Reaching): readonly string[] {
  const plain = [
    ...(key === undefined ? [] : [key]),
    ...Object.entries(headers).flatMap(([name, value]) =>
      isSecretName(name, value) ? [value, value.replace(/^\w+ /, '')] : [],
    ),
  ];
  const forms = plain.flatMap((secret) => {
    const inAddress = encodeURIComponent(secret);
    const inForm = inAddress.replaceAll('%20', '+');
    const small = [inAddress, inForm].map((form) =>
      form.replaceAll(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
    );
    return [secret, inAddress, inForm, ...small, JSON.stringify(secret).slice(1, -1)];
  });
  // The longest first: one may be a part of another.
  return [...new Set(forms)]
    .filter((secret) => secret.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
}

/** The answer without secrets, and without what the source declares as such. */
export function withoutSecrets(
  answer: HttpAnswer,
  secrets: readonly string[],
  { redact }: Pick<Source, 'redact'>,
): HttpAnswer {
  if (answer.kind === 'nothing') return answer;
  const { buffer, byteOffset, byteLength } = answer.body;
  const bytes = Buffer.from(buffer, byteOffset, byteLength);
  const found = secrets.filter((secret) => bytes.includes(secret, 0, 'utf8'));
  if (found.length === 0 && redact === undefined) return answer;
  // One character for each byte, so that whatever the answer is stays what it is.
  const latin = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  const without = found.reduce(
    (text, secret) => text.replaceAll(latin(secret), REDACTED),
    bytes.toString('latin1'),
  );
  const plain = Buffer.from(without, 'latin1');
  return { ...answer, body: redact === undefined ? plain : redactedBody(plain, redact) };
}

/** The body as the source redacts it; as it is when it is no JSON. */
function redactedBody(body: Buffer, redact: (document: unknown) => unknown): Buffer {
  try {
    return Buffer.from(JSON.stringify(redact(JSON.parse(body.toString('utf8')))), 'utf8');
  } catch {
    return body;
  }
}
