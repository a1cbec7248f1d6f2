import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const report = process.env['FULLCOURT_TEST_REPORT'];

/** Short files that run long. */
const SLOW = /test\/(?:simulator|emulator|googlesql\/differential)/;

/** Slow files first, so that at the end no worker waits for the other one. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => Number(SLOW.test(b.moduleId)) - Number(SLOW.test(a.moduleId)));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/real/run-folder.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // DuckDB uses two threads by itself.
    maxWorkers: 2,
    sequence: { sequencer: SlowFirst },
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
  },
});
