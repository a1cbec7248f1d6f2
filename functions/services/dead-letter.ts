/** Serves messages that were given up, on the cloud targets. It needs documents and messages, and no tables. */
import { documentPorts } from '../targets/cloud/documents.ts';
import type { OpenConsumer } from '../targets/cloud/function.ts';
import { deadLetterHandler } from '../edge/subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = { ports: documentPorts(config) };
  return Promise.resolve({ app, handle: deadLetterHandler(app) });
};
