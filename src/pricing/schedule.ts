import type { PriceWindow } from './price-sheet';

const MINUTES_PER_HOUR = 60;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/**
 * Formatters are slow to create: about 60 µs. There are some 600 time zones, with 10 KiB for each, so nothing is evicted and no
 * account can make another create one again. A zone has one entry in any spelling.
 */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** Whether a window is open at a time, in epoch milliseconds. A window in a zone that does not exist never is. */
export function isOpen(window: PriceWindow, at: number): boolean {
  const local = localTime(window.timezone, at);
  if (local === null) return false;
  const { day, minute } = local;
  const from = minuteOf(window.from);
  const to = minuteOf(window.to);
  if (from < to) return minute >= from && minute < to && opensOn(window, day);
  // The hours after midnight belong to the day on which the window opened.
  return (minute >= from && opensOn(window, day)) || (minute < to && opensOn(window, (day + 6) % 7));
}

function opensOn({ days }: PriceWindow, day: number): boolean {
  return days == null || days.includes(day);
}

function minuteOf(time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return hour * MINUTES_PER_HOUR + minute;
}

/** The day of the week (0 is Sunday) and the minute of the day on the clocks of a zone. */
function localTime(timezone: string, at: number): { day: number; minute: number } | null {
  const formatter = formatterOf(timezone);
  if (formatter === null) return null;
  const parts = new Map(formatter.formatToParts(at).map(({ type, value }) => [type, value]));
  const minute = Number(parts.get('hour')) * MINUTES_PER_HOUR + Number(parts.get('minute'));
  return { day: DAYS.indexOf(parts.get('weekday') ?? ''), minute };
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | null {
  const key = timeZone.toLowerCase();
  const known = formatters.get(key);
  if (known !== undefined) return known;
  let formatter: Intl.DateTimeFormat;
  try {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  } catch {
    return null;
  }
  formatters.set(key, formatter);
  return formatter;
}
