/** Keeps web pages out of the servers of this machine: any page in a browser can send requests to the loopback address. */
import type { IncomingHttpHeaders } from 'node:http';

const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

/** Why a request does not come from a program of this machine; undefined when it may. */
export function whyForeign({ host = '', origin }: IncomingHttpHeaders): string | undefined {
  if (!LOCAL.includes(host.replace(/:\d+$/, '')))
    return 'only programs of this machine are answered, at 127.0.0.1 or localhost';
  return origin === undefined ? undefined : 'only local clients that are not web pages may publish';
}

/** What a form of a web page can send without being asked for permission. */
const FORMS = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i;

/** Whether a request carries the fields of a form. `curl -d` gives JSON the name of a form, so the body decides as well. */
export function isForm({ 'content-type': type = '' }: IncomingHttpHeaders, body: string): boolean {
  return FORMS.test(type) && !/^\s*[[{]/.test(body);
}
