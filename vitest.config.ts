import { defineConfig } from 'vitest/config';

const report = process.env['FULLCOURT_TEST_REPORT'];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/real/run-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // DuckDB uses two threads by itself.
    maxWorkers: 2,
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
