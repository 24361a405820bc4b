//! The day of an instant as tools write it that run on machines set to UTC.

use super::Facts;

/// The day of an entry that stands in a release pull request, which is written anew on every push: the day of the last
/// one before the release, in UTC. A commit to come has no day yet, and the release's own stands in.
#[must_use]
pub fn of_last_push(facts: &Facts<'_>) -> String {
    let last = facts.history.commits.last().and_then(|commit| utc(&commit.date));
    last.unwrap_or_else(|| facts.date.to_owned())
}

/// The day in UTC, `YYYY-MM-DD`, of an instant in RFC 3339 (`2024-11-22T00:41:28+02:00`); `None` where it is none.
#[must_use]
pub fn utc(instant: &str) -> Option<String> {
    let (day, time) = instant.split_once('T')?;
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let minutes = |text: &str| -> Option<i64> {
        let (hours, rest) = text.split_once(':')?;
        Some(hours.parse::<i64>().ok()? * 60 + rest.get(..2)?.parse::<i64>().ok()?)
    };
    let offset = time.rfind(['+', '-']).and_then(|at| time.split_at_checked(at));
    let shift = match offset {
        Some((_, offset)) => minutes(offset.get(1..)?)? * if offset.starts_with('-') { -1 } else { 1 },
        None => 0,
    };
    let days = days(year, month, date)? + (minutes(time)? - shift).div_euclid(24 * 60);
    Some(civil(days))
}

/// Days since 1970-01-01. Years are counted from March, so that the leap day is the last of one.
#[must_use]
pub fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(year.div_euclid(400) * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// The day so many days after 1970-01-01.
#[must_use]
pub fn civil(days: i64) -> String {
    let days = days + 719_468;
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + days.div_euclid(146_097) * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(instant: &str, expected: Option<&str>) {
        assert_eq!(utc(instant).as_deref(), expected);
    }

    #[test]
    fn an_instant_lies_on_the_day_it_has_in_utc() {
        check("2024-11-22T00:41:28+02:00", Some("2024-11-21"));
        check("2023-11-10T20:05:29-07:00", Some("2023-11-11"));
        check("2024-02-28T23:30:00-01:00", Some("2024-02-29"));
        check("2024-12-31T23:59:59Z", Some("2024-12-31"));
        check("2025-01-01T00:10:00+01:00", Some("2024-12-31"));
        check("nonsense", None);
        check("2024-13-01T00:00:00Z", None);
        check("2024-01-01Tx", None);
    }
}
