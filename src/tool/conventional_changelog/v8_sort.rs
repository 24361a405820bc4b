//! The order in which conventional-changelog-writer up to 7 printed: its comparison (compare-func 2.0) holds every text
//! to be greater than nothing and nothing greater than every text, so that what comes of it depends on the sort itself.
//! This is V8's since version 7.0 (`third_party/v8/builtins/array-sort.tq`), used by Node.js from 11 on.

use std::cmp::Ordering;

/// compare-func of one key: what is empty is nothing.
#[must_use]
pub fn compare(left: &str, right: &str) -> Ordering {
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Ordering::Equal,
        (false, false) => crate::collation::compare(left, right),
        _ => Ordering::Greater,
    }
}

/// Compares two elements by their places.
type Places<'a> = &'a dyn Fn(usize, usize) -> Ordering;

/// The sort of an engine: the places of so many elements, in their new order.
pub type Engine = fn(usize, Places<'_>) -> Vec<usize>;

/// Sorts as the engine does.
pub fn sort<T>(items: &mut Vec<T>, engine: Engine, compare: impl Fn(&T, &T) -> Ordering) {
    let order = engine(items.len(), &|left, right| match (items.get(left), items.get(right)) {
        (Some(left), Some(right)) => compare(left, right),
        _ => Ordering::Equal,
    });
    let mut slots: Vec<Option<T>> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|place| slots.get_mut(place)?.take()));
}

/// `Array.prototype.sort`: the first run that is there already, then one element after the other into the place that
/// halving finds. From 64 elements on several such runs are merged.
pub fn since_eleven(count: usize, compare: Places<'_>) -> Vec<usize> {
    let least = least_run(count);
    let mut runs: Vec<Vec<usize>> = Vec::new();
    let mut rest = (0..count).peekable();
    while let Some(first) = rest.next() {
        let mut run = vec![first];
        let mut descends = None;
        while let Some((last, next)) = run.last().zip(rest.peek()) {
            let below = compare(*next, *last) == Ordering::Less;
            if *descends.get_or_insert(below) != below {
                break;
            }
            run.extend(rest.next());
        }
        if descends == Some(true) {
            run.reverse();
        }
        while run.len() < least {
            let Some(next) = rest.next() else { break };
            let (mut left, mut right) = (0, run.len());
            while left < right {
                let middle = left + (right - left) / 2;
                match run.get(middle) {
                    Some(known) if compare(next, *known) == Ordering::Less => right = middle,
                    _ => left = middle + 1,
                }
            }
            run.insert(left, next);
        }
        runs.push(run);
        while let [.., before, last] = runs.as_slice()
            && before.len() <= last.len()
        {
            merge_last(&mut runs, compare);
        }
    }
    while runs.len() > 1 {
        merge_last(&mut runs, compare);
    }
    runs.into_iter().flatten().collect()
}

/// How many elements a run has at least: all of them under 64, else 32 to 64.
fn least_run(mut count: usize) -> usize {
    let mut more = 0;
    while count >= 64 {
        more |= count & 1;
        count >>= 1;
    }
    count + more
}

#[cfg(feature = "more")]
/// `Array.prototype.sort` in Node.js up to 10 (V8's `array.js`): one element after the other into its place up to ten,
/// halves around the middle one of three beyond.
pub fn on_ten(count: usize, compare: Places<'_>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..count).collect();
    let mut waiting = vec![(0, count)];
    while let Some((from, to)) = waiting.pop() {
        halve(&mut order, from, to, &mut waiting, compare);
    }
    order
}

#[cfg(feature = "more")]
fn halve(order: &mut [usize], from: usize, to: usize, waiting: &mut Vec<(usize, usize)>, compare: Places<'_>) {
    let at = |order: &[usize], place: usize| order.get(place).copied().unwrap_or_default();
    let set = |order: &mut [usize], place: usize, value: usize| {
        if let Some(slot) = order.get_mut(place) {
            *slot = value;
        }
    };
    if to - from <= 10 {
        for place in from + 1..to {
            let element = at(order, place);
            let mut hole = place;
            while hole > from && compare(at(order, hole - 1), element) == Ordering::Greater {
                let moved = at(order, hole - 1);
                set(order, hole, moved);
                hole -= 1;
            }
            set(order, hole, element);
        }
        return;
    }
    // Beyond a thousand elements the middle one was chosen from more than three; no entry is that long.
    let third = from + (to - from) / 2;
    let (mut low, mut high, mut middle) = (at(order, from), at(order, to - 1), at(order, third));
    if compare(low, high) == Ordering::Greater {
        std::mem::swap(&mut low, &mut high);
    }
    if compare(low, middle) == Ordering::Less {
        if compare(high, middle) == Ordering::Greater {
            std::mem::swap(&mut high, &mut middle);
        }
    } else {
        (low, high, middle) = (middle, low, high);
    }
    let pivot = high;
    set(order, from, low);
    set(order, to - 1, middle);
    let (mut low_end, mut high_start) = (from + 1, to - 1);
    let moved = at(order, low_end);
    set(order, third, moved);
    set(order, low_end, pivot);
    let mut place = low_end + 1;
    'partition: while place < high_start {
        let element = at(order, place);
        match compare(element, pivot) {
            Ordering::Less => {
                order.swap(place, low_end);
                low_end += 1;
            }
            Ordering::Greater => {
                let next = loop {
                    high_start -= 1;
                    if high_start == place {
                        break 'partition;
                    }
                    let next = compare(at(order, high_start), pivot);
                    if next != Ordering::Greater {
                        break next;
                    }
                };
                order.swap(place, high_start);
                if next == Ordering::Less {
                    order.swap(place, low_end);
                    low_end += 1;
                }
            }
            Ordering::Equal => {}
        }
        place += 1;
    }
    waiting.extend([(high_start, to), (from, low_end)]);
}

fn merge_last(runs: &mut Vec<Vec<usize>>, compare: Places<'_>) {
    let (Some(last), Some(before)) = (runs.pop(), runs.pop()) else { return };
    let mut merged = Vec::with_capacity(before.len() + last.len());
    let (mut before, mut last) = (before.into_iter().peekable(), last.into_iter().peekable());
    while let Some((left, right)) = before.peek().zip(last.peek()) {
        let later = compare(*right, *left) == Ordering::Less;
        merged.extend(if later { last.next() } else { before.next() });
    }
    merged.extend(before);
    merged.extend(last);
    runs.push(merged);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(items: &[&str], expected: &[&str]) {
        let mut sorted = items.to_vec();
        sort(&mut sorted, since_eleven, |left, right| compare(left, right));
        assert_eq!(sorted, expected);
    }

    #[test]
    fn texts_sort_and_nothing_stays_where_it_is_met() {
        check(&["b", "a", "c"], &["a", "b", "c"]);
        check(&["c", "b", "a"], &["a", "b", "c"]);
        check(&["", "b", "a"], &["", "a", "b"]);
        check(&["b", "", "a"], &["b", "", "a"]);
    }

    #[test]
    fn many_elements_are_sorted_too() {
        let numbers: Vec<String> = (0..500).map(|at| format!("{:03}", (at * 7919) % 500)).collect();
        let mut sorted: Vec<&str> = numbers.iter().map(String::as_str).collect();
        sort(&mut sorted, since_eleven, |left, right| compare(left, right));
        assert!(sorted.is_sorted());
        #[cfg(feature = "more")]
        {
            let mut sorted: Vec<&str> = numbers.iter().map(String::as_str).collect();
            sort(&mut sorted, on_ten, |left, right| compare(left, right));
            assert!(sorted.is_sorted());
        }
    }

    #[cfg(feature = "more")]
    #[test]
    fn older_engines_moved_what_stood_before_nothing() {
        let mut sorted = vec!["b", "", "a"];
        sort(&mut sorted, on_ten, |left, right| compare(left, right));
        assert_eq!(sorted, ["a", "", "b"]);
    }
}
