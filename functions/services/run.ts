/** Serves runs of all tables on the cloud targets, those that are loaded from source files included. */
import { cloudAppWithFiles } from '../targets/cloud/files.ts';
import type { OpenConsumer } from '../targets/cloud/function.ts';
import { runHandler } from '../edge/subscribe.ts';

export const open: OpenConsumer = (config, files) => {
  const app = cloudAppWithFiles(config, files);
  return Promise.resolve({ app, handle: runHandler(app) });
};
