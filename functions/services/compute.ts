/** Serves runs of computed tables on the cloud targets: all phases but the one that reads source files. */
import { cloudApp } from '../targets/cloud/tables.ts';
import type { OpenConsumer } from '../targets/cloud/function.ts';
import { runHandler } from '../edge/subscribe.ts';

export const open: OpenConsumer = (config) => {
  const app = cloudApp(config);
  return Promise.resolve({ app, handle: runHandler(app) });
};
