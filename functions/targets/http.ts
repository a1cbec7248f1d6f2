/** The port to live sources; its library is imported with the first question. */
import type { Http } from '../../shared/ports/http.ts';

export function openHttp(): Http {
  let opened: Promise<Http> | undefined;
  return {
    ask: async (question) => {
      opened ??= import('../../shared/adapters/http/undici-http.ts').then(({ undiciHttp }) => undiciHttp());
      return (await opened).ask(question);
    },
  };
}
