/** Serves the scheduled look at what was left behind on the cloud targets. */
import { cloudApp } from '../targets/cloud/tables.ts';
import type { OpenConsumer } from '../targets/cloud/function.ts';
import { sweepHandler } from '../edge/subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: sweepHandler(app) });
};
