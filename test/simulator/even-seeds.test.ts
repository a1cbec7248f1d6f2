import { describe } from 'vitest';
import { simulateShare } from './many-seeds.ts';

describe('the pipeline under faults, even seeds', () => simulateShare(0, 2));
