import { describeOwnMappers } from '../contracts/own-mappers.js';
import { connectToFakes } from '../support/fake-cluster.js';

describeOwnMappers(connectToFakes, { records: 100_000, blockSize: '1MiB' });
