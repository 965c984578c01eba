//! Month and hour of the week of a time in milliseconds since 1970, UTC.

use jiff::{Timestamp, tz::TimeZone};

/// Milliseconds of a day.
pub(super) const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;
/// Hours of a week.
pub(super) const WEEK_HOURS: usize = 168;

/// Hour of the week, 0 to 167, from Monday midnight.
pub(super) fn hour_of_week(time_ms: i64) -> usize {
    // 1970 began on a Thursday.
    ((time_ms.div_euclid(HOUR_MS) + 3 * 24).rem_euclid(WEEK_HOURS as i64)) as usize
}

/// Month of the year, 0 to 11. Times after year 9999 count as the last representable one.
pub(super) fn month(time_ms: i64) -> usize {
    let time = Timestamp::from_millisecond(time_ms).unwrap_or(Timestamp::MAX);
    time.to_zoned(TimeZone::UTC).month() as usize - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_months_match_the_calendar() {
        // 1970-01-01 00:00, a Thursday; 2024-02-29 23:59, a Thursday; 2026-11-23 06:30, a Monday; 1969-12-31 23:00, a Wednesday.
        for (time_ms, hour, months) in
            [(0, 72, 0), (1_709_251_140_000, 95, 1), (1_795_415_400_000, 6, 10), (-HOUR_MS, 71, 11)]
        {
            assert_eq!((hour_of_week(time_ms), month(time_ms)), (hour, months), "{time_ms}");
        }
        let year = 1_735_689_600_000; // 2025-01-01
        let mut days = [0; 12];
        (0..365).for_each(|day| days[month(year + day * DAY_MS)] += 1);
        assert_eq!(days, [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);
    }
}
