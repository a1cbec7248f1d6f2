/** Serves what became of a run on the cloud targets. */
import { cloudApp } from '../targets/cloud/tables.ts';
import type { OpenConsumer } from '../targets/cloud/function.ts';
import { orchestrateHandler } from '../edge/subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: orchestrateHandler(app) });
};
