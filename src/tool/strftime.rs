//! Instants as seconds from 1970, and how chrono 0.4 writes them (`src/format/strftime.rs`): templates date their
//! headings with it. All in UTC.

use super::day;
use std::fmt::Write;

/// The seconds from 1970 to the beginning of a day, `YYYY-MM-DD`.
#[must_use]
pub fn seconds(date: &str) -> Option<i64> {
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    Some(day::days(year, month, date)? * 86_400)
}

/// The seconds from 1970 to an instant in RFC 3339 (`2024-11-22T00:41:28+02:00`); without a zone it is in UTC.
#[must_use]
pub fn instant(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T')?;
    let (time, zone) = match time.find(['+', '-', 'Z']) {
        Some(at) => time.split_at_checked(at)?,
        None => (time, "Z"),
    };
    let mut parts = time.split('.').next()?.splitn(3, ':').map(|part| part.parse::<i64>().ok());
    let (hours, minutes, rest) = (parts.next()??, parts.next()??, parts.next().flatten().unwrap_or_default());
    let shift = match zone.strip_prefix(['+', '-']) {
        Some(offset) => {
            let (hours, minutes) = offset.split_once(':').or_else(|| offset.split_at_checked(2))?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            if zone.starts_with('-') { -minutes } else { minutes }
        }
        None => 0,
    };
    Some(seconds(date)? + hours * 3600 + (minutes - shift) * 60 + rest)
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// What fills a number up.
#[derive(Clone, Copy)]
enum Pad {
    Zero,
    Space,
    None,
}

/// An instant by a format; `None` where chrono refuses the format or the zone's name is asked for.
#[must_use]
pub fn format(seconds: i64, format: &str) -> Option<String> {
    let days = seconds.div_euclid(86_400);
    let of_day = seconds.rem_euclid(86_400);
    let date = day::civil(days);
    let mut parts = date.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, date) = (parts.next()??, parts.next()??, parts.next()??);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    // 1970 began on a Thursday.
    let weekday = (days + 4).rem_euclid(7);
    let of_year = days - day::days(year, 1, 1)?;
    let name = |names: &[&'static str], at: i64| names.get(usize::try_from(at).ok()?).copied();
    let mut out = String::with_capacity(format.len() * 2);
    let mut letters = format.chars();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            out.push(letter);
            continue;
        }
        let mut spec = letters.next()?;
        let own = match spec {
            '-' => Some(Pad::None),
            '_' => Some(Pad::Space),
            '0' => Some(Pad::Zero),
            _ => None,
        };
        if own.is_some() {
            spec = letters.next()?;
        }
        let mut number = |value: i64, width: usize, pad: Pad| {
            match own.unwrap_or(pad) {
                Pad::Zero => write!(out, "{value:0width$}"),
                Pad::Space => write!(out, "{value:width$}"),
                Pad::None => write!(out, "{value}"),
            }
            // Writing into a string cannot fail.
            .unwrap_or_default();
        };
        let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
        match spec {
            'Y' => number(year, 4, Pad::Zero),
            'C' => number(year / 100, 2, Pad::Zero),
            'y' => number(year % 100, 2, Pad::Zero),
            'm' => number(month, 2, Pad::Zero),
            'd' => number(date, 2, Pad::Zero),
            'e' => number(date, 2, Pad::Space),
            'H' => number(hour, 2, Pad::Zero),
            'k' => number(hour, 2, Pad::Space),
            'I' => number(twelve, 2, Pad::Zero),
            'l' => number(twelve, 2, Pad::Space),
            'M' => number(minute, 2, Pad::Zero),
            'S' => number(second, 2, Pad::Zero),
            'j' => number(of_year + 1, 3, Pad::Zero),
            's' => number(seconds, 1, Pad::None),
            'u' => number(if weekday == 0 { 7 } else { weekday }, 1, Pad::Zero),
            'w' => number(weekday, 1, Pad::Zero),
            'U' => number((of_year + 7 - weekday) / 7, 2, Pad::Zero),
            'W' => number((of_year + 7 - (weekday + 6) % 7) / 7, 2, Pad::Zero),
            _ if own.is_some() => return None,
            'B' => out.push_str(name(&MONTHS, month - 1)?),
            'b' | 'h' => out.push_str(name(&MONTHS, month - 1)?.get(..3)?),
            'A' => out.push_str(name(&DAYS, weekday)?),
            'a' => out.push_str(name(&DAYS, weekday)?.get(..3)?),
            'p' => out.push_str(if hour < 12 { "AM" } else { "PM" }),
            'P' => out.push_str(if hour < 12 { "am" } else { "pm" }),
            'F' => out.push_str(&self::format(seconds, "%Y-%m-%d")?),
            'D' | 'x' => out.push_str(&self::format(seconds, "%m/%d/%y")?),
            'v' => out.push_str(&self::format(seconds, "%e-%b-%Y")?),
            'T' | 'X' => out.push_str(&self::format(seconds, "%H:%M:%S")?),
            'R' => out.push_str(&self::format(seconds, "%H:%M")?),
            'r' => out.push_str(&self::format(seconds, "%I:%M:%S %p")?),
            'c' => out.push_str(&self::format(seconds, "%a %b %e %H:%M:%S %Y")?),
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '%' => out.push('%'),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(instant: &str, pattern: &str, expected: &str) {
        assert_eq!(format(super::instant(instant).unwrap(), pattern).as_deref(), Some(expected));
    }

    #[test]
    fn instants_are_written_as_chrono_does() {
        check("2024-02-29T13:05:09Z", "%Y-%m-%d %H:%M:%S", "2024-02-29 13:05:09");
        check("2024-02-29T13:05:09Z", "%B %-d, %Y %j %a %p %I", "February 29, 2024 060 Thu PM 01");
        check("2024-02-29T23:30:00-02:00", "%F %R %e/%_m", "2024-03-01 01:30  1/ 3");
        check("2000-01-01T00:00:00Z", "%U %W %u %s", "00 00 6 946684800");
    }

    #[test]
    fn what_chrono_refuses_is_refused() {
        assert_eq!(format(0, "%Q"), None);
        assert_eq!(format(0, "%"), None);
        assert_eq!(instant("nonsense"), None);
        assert_eq!(seconds("1970-01-01"), Some(0));
        assert_eq!(seconds("2000-03-01"), Some(951_868_800));
    }
}
