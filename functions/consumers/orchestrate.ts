/** Serves what became of a run on the cloud targets. */
import { cloudApp } from '../cloud-tables.ts';
import type { OpenConsumer } from '../serve-service.ts';
import { orchestrateHandler } from '../subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: orchestrateHandler(app) });
};
