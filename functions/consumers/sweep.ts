/** Serves the scheduled look at what was left behind on the cloud targets. */
import { cloudApp } from '../cloud-tables.ts';
import type { OpenConsumer } from '../serve-service.ts';
import { sweepHandler } from '../subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: sweepHandler(app) });
};
