/** Serves runs of all tables on the cloud targets, those that are loaded from source files included. */
import { cloudAppWithFiles } from '../cloud-files.ts';
import type { OpenConsumer } from '../serve-service.ts';
import { runHandler } from '../subscribe.ts';

export const open: OpenConsumer = (config, files) => {
  const app = cloudAppWithFiles(config, files);
  return Promise.resolve({ app, handle: runHandler(app) });
};
