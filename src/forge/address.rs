//! Addresses, taken apart and put together. Strict on purpose: what looks odd is nobody's pull request.

/// An address of a page, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// Scheme and host: `https://github.com`.
    pub origin: String,
    /// The parts of the path, as they stand (percent-encoded); a slash at the end does not count.
    pub path: Vec<&'a str>,
}

/// Longer addresses than this are not looked at; a form's prefilled description may stand in one.
const LONGEST: usize = 64 * 1024;

/// Takes an `https` address apart; `None` where it is not one, names a user or a port, or has odd characters.
pub(super) fn parse(url: &str) -> Option<Address<'_>> {
    if url.len() > LONGEST || url.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\') {
        return None;
    }
    let rest = url.strip_prefix("https://")?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = rest.split_once('/')?;
    let host_is_plain = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'));
    if !host_is_plain {
        return None;
    }
    let path = path.strip_suffix('/').unwrap_or(path);
    let path: Vec<&str> = path.split('/').collect();
    if path.iter().any(|part| part.is_empty() || matches!(*part, "." | "..")) {
        return None;
    }
    Some(Address { origin: format!("https://{}", host.to_ascii_lowercase()), path })
}

/// The parts of an address below a root of a forge's: `https://git.acme.org/lab` of `https://git.acme.org/lab/a/b`.
#[cfg(feature = "more")]
pub(super) fn below<'a>(url: &'a str, root: &'a str) -> Option<Vec<&'a str>> {
    let address = parse(url)?;
    let (scheme_and_host, inner) = match root.splitn(4, '/').nth(3) {
        None => (root, ""),
        Some(inner) => (root.get(..root.len() - inner.len() - 1)?, inner),
    };
    if address.origin != scheme_and_host {
        return None;
    }
    let inner: Vec<&str> = inner.split('/').filter(|part| !part.is_empty()).collect();
    address.path.strip_prefix(inner.as_slice()).map(<[&str]>::to_vec)
}

/// Whether this can be an owner's or a repository's name: letters, digits and `-`, `_`, `.`.
pub(super) fn is_name(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && !matches!(name, "." | "..")
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// The number in an address: decimal, from 1, without zeros before it.
pub(super) fn number(part: &str) -> Option<u64> {
    let plain = part.bytes().all(|byte| byte.is_ascii_digit()) && !part.starts_with('0');
    if plain { part.parse().ok() } else { None }
}

/// A name of Git or a path, to stand in an address: everything but letters, digits and `-`, `_`, `.`, `~`, `/` is
/// percent-encoded. `None` where it would lead elsewhere (`..`, a slash at an end, two in a row) or cannot be a name.
pub(super) fn encode_path(name: &str) -> Option<String> {
    let steps = name.split('/').all(|step| !step.is_empty() && !matches!(step, "." | ".."));
    let odd = name.contains("..") || name.chars().any(char::is_control) || name.len() > 4096;
    (steps && !odd).then(|| encode(name, b"-_.~/"))
}

/// The same to stand in one part of a path or in a query's value: slashes are encoded too.
pub(super) fn encode_part(name: &str) -> Option<String> {
    encode_path(name).map(|path| path.replace('/', "%2F"))
}

fn encode(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            for digit in [byte >> 4, byte & 15] {
                let digit = char::from_digit(u32::from(digit), 16).unwrap_or('0');
                out.push(digit.to_ascii_uppercase());
            }
            // The percent sign goes before its two digits.
            let at = out.len() - 2;
            out.insert(at, '%');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let address = parse("https://GitHub.com/acme/widgets/?a=b/c#d/e").unwrap();
        assert_eq!(address, Address { origin: "https://github.com".into(), path: vec!["acme", "widgets"] });
    }

    #[test]
    fn odd_addresses_are_nobodys() {
        for odd in [
            "",
            "http://github.com/acme/widgets",
            "https://github.com",
            "https://user@github.com/acme",
            "https://github.com:8443/acme",
            "https://github.com//acme",
            "https://github.com/acme/../widgets",
            "https://github.com/acme\\widgets",
            "https://github.com/acme widgets",
            "https://github.com/acme\n",
            "javascript:alert(1)",
        ] {
            assert_eq!(parse(odd), None, "{odd}");
        }
        assert_eq!(parse(&format!("https://github.com/{}", "a".repeat(LONGEST))), None);
    }

    #[test]
    fn names_are_encoded() {
        assert_eq!(encode_path("release/1.x").as_deref(), Some("release/1.x"));
        assert_eq!(encode_part("@acme/widgets@1.0.0").as_deref(), Some("%40acme%2Fwidgets%401.0.0"));
        assert_eq!(encode_path("ü#?%").as_deref(), Some("%C3%BC%23%3F%25"));
        for hostile in ["", "/a", "a/", "a//b", "../x", "a/../b", "a..b", ".", "a\nb"] {
            assert_eq!(encode_path(hostile), None, "{hostile}");
        }
    }
}
