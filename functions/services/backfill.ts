/** Serves a request to build dates on the cloud targets. */
import { cloudApp } from '../targets/cloud/tables.ts';
import type { OpenConsumer } from '../targets/cloud/function.ts';
import { backfillHandler } from '../edge/subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: backfillHandler(app) });
};
