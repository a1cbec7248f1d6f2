/** Serves a request to build dates on the cloud targets. */
import { cloudApp } from '../cloud-tables.ts';
import type { OpenConsumer } from '../serve-service.ts';
import { backfillHandler } from '../subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: backfillHandler(app) });
};
