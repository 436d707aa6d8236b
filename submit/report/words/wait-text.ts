import type { Arrived, WaitFor } from '../../awaited-inputs.js';
import { formatDurationSetting } from '../../config/durations.js';
import { formatSize } from '../../config/sizes.js';
import { count, quote } from '../escape.js';

/** What a run waits for. */
export function waitForText({ files, bytes, flag, quietForMs, upToMs }: WaitFor): string {
  return [
    count(files, 'file'),
    ...(bytes > 0 ? [formatSize(bytes)] : []),
    ...(flag === null ? [] : [quote(flag)]),
    ...(quietForMs > 0 ? [`quiet for ${formatDurationSetting(quietForMs)}`] : []),
    `up to ${formatDurationSetting(upToMs)}`,
  ].join(', ');
}

/** What is there of it. */
export function waitingText(
  wanted: WaitFor,
  { files, bytes, withoutFlag, isQuiet, quietInMs }: Arrived,
): string {
  return [
    `${files} of ${count(wanted.files, 'file')}`,
    ...(wanted.bytes > 0 ? [`${formatSize(bytes)} of ${formatSize(wanted.bytes)}`] : []),
    ...(wanted.flag !== null && withoutFlag.length > 0
      ? [`no ${quote(wanted.flag)} beside ${withoutFlag.map(quote).join(', ')}`]
      : []),
    ...(isQuiet ? [] : [`${stillText(quietInMs ?? wanted.quietForMs)} more without a change`]),
    `at most ${formatDurationSetting(wanted.upToMs)}`,
  ].join(', ');
}

/** `7s`, `300ms`, `12m`: not more exact than somebody waits. */
function stillText(ms: number): string {
  if (ms < 1000) return formatDurationSetting(Math.ceil(ms));
  const seconds = Math.ceil(ms / 1000);
  return formatDurationSetting(1000 * (seconds > 600 ? 60 * Math.ceil(seconds / 60) : seconds));
}
