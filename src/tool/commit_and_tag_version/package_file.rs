//! The version that is bumped: `packageFiles` of commit-and-tag-version 13.2.1 and standard-version 9.5.0 (`index.js`,
//! `lib/updaters`, `lib/latest-semver-tag.js`).
//!
//! The first of the files that can be read tells it. A file that is not there, or in which no version is found, is passed
//! over; one that no reader is known for ends the tool without a word.

use crate::files::{File, Files};
use crate::reading::pattern::Regex;
use crate::text::Text;
use crate::tool::release_please::maven;
use semver::Version;
use serde_json::Value;

/// `packageFiles` where none are configured (`defaults.js`).
const DEFAULT: [&str; 3] = ["package.json", "bower.json", "manifest.json"];
/// The names that are read as JSON, in whichever folder.
const JSON: [&str; 5] = ["package.json", "bower.json", "manifest.json", "package-lock.json", "npm-shrinkwrap.json"];

/// Whether the tool is commit-and-tag-version, and its major version.
type Edition = (bool, u32);

/// What the files say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The version.
    Version(Version),
    /// None of them tells one: the highest tag does.
    Nothing,
    /// It cannot be told here: the tags are all there is.
    Unknown(Text),
    /// The tool stops there, and why.
    Stops(String),
}

/// A file to read, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PackageFile {
    path: String,
    kind: Result<Kind, String>,
}

/// The readers (`lib/updaters/types`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Json,
    PlainText,
    Maven,
    Gradle,
    Csproj,
    Yaml,
    OpenApi,
    Python,
    /// The repository's own.
    Code,
}

/// The files, as configured: names, or objects with a name and a reader.
fn listed(configured: Option<&Value>, (continued, _): Edition) -> Vec<PackageFile> {
    let of = |entry: &Value| {
        let path = entry.as_str().or_else(|| entry.get("filename")?.as_str()).unwrap_or_default();
        let given = |key: &str| entry.get(key).filter(|value| !value.is_null());
        let kind = match (given("updater"), given("type").and_then(Value::as_str).filter(|kind| !kind.is_empty())) {
            _ if crate::javascript::has_code(entry) => Ok(Kind::Code),
            (Some(Value::String(_) | Value::Object(_)), _) => Ok(Kind::Code),
            (_, Some(kind)) => by_type(kind, continued),
            _ => by_name(path, continued),
        };
        PackageFile { path: plain(path), kind }
    };
    match configured {
        Some(Value::Array(files)) => files.iter().map(of).collect(),
        Some(file @ (Value::String(_) | Value::Object(_))) => vec![of(file)],
        _ => DEFAULT.map(|path| of(&path.into())).to_vec(),
    }
}

/// A path as the forge spells it: from the repository's root, without detours.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|part| *part != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// `getUpdaterByType`; standard-version has the first two alone.
fn by_type(kind: &str, continued: bool) -> Result<Kind, String> {
    match kind {
        "json" => Ok(Kind::Json),
        "plain-text" => Ok(Kind::PlainText),
        "maven" if continued => Ok(Kind::Maven),
        "gradle" if continued => Ok(Kind::Gradle),
        "csproj" if continued => Ok(Kind::Csproj),
        "yaml" if continued => Ok(Kind::Yaml),
        "openapi" if continued => Ok(Kind::OpenApi),
        "python" if continued => Ok(Kind::Python),
        _ => Err(format!("Unable to locate updater for provided type ({kind}).")),
    }
}

/// `getUpdaterByFilename`: its patterns are bound to no end of the name, and their points stand for any sign.
fn by_name(path: &str, continued: bool) -> Result<Kind, String> {
    let like = |start: &str, end: &str| {
        let mut places = path.match_indices(start).filter_map(|(at, _)| path.get(at + start.len()..));
        places.any(|rest| {
            let mut letters = rest.chars();
            letters.next().is_some() && letters.as_str().starts_with(end)
        })
    };
    let name = path.rsplit('/').next().unwrap_or(path);
    let ends = |end: &str| path.ends_with(end);
    let kind = match path {
        _ if JSON.contains(&name) => "json",
        "VERSION.txt" | "version.txt" => "plain-text",
        _ if !continued => "",
        _ if like("pom", "xml") => "maven",
        _ if like("build", "gradle") => "gradle",
        _ if ends(".csproj") => "csproj",
        _ if like("openapi", "yaml") => "openapi",
        _ if ends(".yml") || ends(".yaml") => "yaml",
        _ if like("pyproject", "toml") => "python",
        _ => "",
    };
    by_type(kind, continued).map_err(|_| format!("Unsupported file ({path}) provided for bumping."))
}

/// The files that are asked for beyond the tool's own.
pub fn paths(configured: Option<&Value>, edition: Edition) -> Vec<String> {
    listed(configured, edition).into_iter().map(|file| file.path).collect()
}

/// Which version is bumped. A file that nobody asked for is not in the repository.
pub fn version(files: &Files, configured: Option<&Value>, edition: Edition) -> Found {
    for file in listed(configured, edition) {
        let kind = match file.kind {
            Ok(kind) => kind,
            Err(why) => return Found::Stops(why),
        };
        let code = || Found::Unknown(Text::new("tool_config_is_code", ["packageFiles"]));
        if kind == Kind::Code && file.path.is_empty() {
            return code();
        }
        let text = match files.get(&file.path) {
            Some(File::Present(text)) => text,
            Some(File::Unread(why)) => {
                return Found::Unknown(Text::new("tool_release_please_malformed", [&file.path, why]));
            }
            // What cannot be opened is passed over.
            Some(File::Absent) | None => continue,
        };
        if kind == Kind::Code {
            return code();
        }
        // What is thrown while a file is read is passed over.
        let Some(read) = read(kind, text, edition) else { continue };
        let text = match read {
            Value::String(text) if !text.is_empty() => text,
            // The first tool takes the file at its word, the second then asks the tags.
            read if edition.0 && is_false(&read) => return Found::Nothing,
            Value::Null => "undefined".to_owned(),
            read => read.to_string(),
        };
        let trimmed = text.trim();
        let parsed = Version::parse(trimmed.strip_prefix('v').unwrap_or(trimmed));
        return parsed.map_or_else(|_| Found::Stops(format!("Invalid Version: {trimmed}")), Found::Version);
    }
    Found::Nothing
}

/// Whether JavaScript takes a value for none.
fn is_false(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    }
}

/// `readVersion`; `None` where it throws.
fn read(kind: Kind, text: &str, edition: Edition) -> Option<Value> {
    let first = |pattern: &str, text: &str| -> Option<String> {
        Some(Regex::new(pattern).ok()?.captures(text)?.get(1)?.as_str().to_owned())
    };
    // A document that is no table has no version; reading it of `null` throws.
    let of_table = |value: &Value, key: &str| -> Option<Value> {
        (!value.is_null()).then(|| value.get(key).cloned().unwrap_or_default())
    };
    match kind {
        Kind::Json => of_table(&serde_json::from_str(text).ok()?, "version"),
        Kind::PlainText => Some(text.into()),
        Kind::Yaml => of_table(&crate::files::yaml(text).ok()?, "version"),
        Kind::OpenApi => {
            let info = of_table(&crate::files::yaml(text).ok()?, "info")?;
            of_table(&info, "version")
        }
        Kind::Gradle => first(r#"(?m)^version\s*=\s*['"]([\d.]+[^\r\n]*)['"]"#, text).map(Value::from),
        Kind::Csproj => first(r"<Version>([^\r\n]*)</Version>", text).map(Value::from),
        Kind::Python => {
            let pattern = r#"(?i)version[" ]*=[ ]*["']([^\r\n]*)["']"#;
            // Without such a line nothing is thrown.
            Some(text.split('\n').find_map(|line| first(pattern, line)).map_or(Value::Null, Value::from))
        }
        Kind::Maven => {
            let version = maven::text_at(text, &["project", "version"]).filter(|version| !version.is_empty())?;
            let Some(property) = version.strip_prefix("${").filter(|_| edition.1 >= 13) else {
                return Some(version.into());
            };
            let property = property.strip_suffix('}').filter(|name| !name.is_empty() && !name.contains('}'))?;
            let value = maven::text_at(text, &["project", "properties", property])?;
            (!value.is_empty()).then(|| value.into())
        }
        Kind::Code => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NEW: Edition = (true, 13);

    #[track_caller]
    fn check(path: &str, text: &str, expected: &str) {
        let found = version(&Files::of([(path, text)]), Some(&json!([path])), NEW);
        let told = match found {
            Found::Version(version) => version.to_string(),
            Found::Nothing => "nothing".to_owned(),
            Found::Unknown(note) => note.id.to_string(),
            Found::Stops(why) => why,
        };
        assert_eq!(told, expected, "{path}: {text}");
    }

    #[test]
    fn each_kind_of_file_is_read() {
        check("web/package.json", r#"{"version": "1.2.3"}"#, "1.2.3");
        check("version.txt", "v1.2.3\n", "1.2.3");
        check("./version.txt", "1.2.3", "Unsupported file (./version.txt) provided for bumping.");
        check("app/build.gradle.kts", "plugins {}\nversion = \"1.2.3-SNAPSHOT\"\n", "1.2.3-SNAPSHOT");
        check("build.gradle", "  version = '1.2.3'\n", "nothing");
        check("a.csproj", "<Project>\n  <Version>1.2.3</Version>\n</Project>", "1.2.3");
        check("Chart.yaml", "apiVersion: v2\nversion: 1.2.3\n", "1.2.3");
        check("openapi.yaml", "openapi: 3.1.0\ninfo:\n  version: 1.2.3\n", "1.2.3");
        check("pyproject.toml", "[project]\nname = 'a'\nversion = \"1.2.3\"\n", "1.2.3");
        check(
            "pom.xml",
            "<project><parent><version>9.0.0</version></parent><version>1.2.3</version></project>",
            "1.2.3",
        );
        check(
            "pom.xml",
            "<project><properties><revision>1.2.3</revision></properties><version>${revision}</version></project>",
            "1.2.3",
        );
    }

    #[test]
    fn what_tells_no_version_is_passed_over_or_stops() {
        check("package.json", "{}", "nothing");
        check("package.json", "{oops", "nothing");
        check("openapi.yaml", "openapi: 3.1.0\n", "nothing");
        check("pom.xml", "<project/>", "nothing");
        check("Chart.yaml", "version: 1.2\n", "Invalid Version: 1.2");
        check("setup.cfg", "version = 1.2.3", "Unsupported file (setup.cfg) provided for bumping.");
    }

    #[test]
    fn the_first_that_can_be_read_counts() {
        let told = |configured: Value, edition: Edition| {
            let files = Files::of([
                ("bower.json", r#"{"version": "1.0.0"}"#),
                ("b.txt", "2.0.0"),
                ("Chart.yaml", "version: 3.0.0"),
            ]);
            version(&files, Some(&configured), edition)
        };
        let is = |text: &str| Found::Version(Version::parse(text).unwrap());
        assert_eq!(told(Value::Null, NEW), is("1.0.0"));
        assert_eq!(told(json!(["a.json", "bower.json"]), NEW), Found::Stops(by_name("a.json", true).unwrap_err()));
        assert_eq!(told(json!(["x/package.json", {"filename": "./b.txt", "type": "plain-text"}]), NEW), is("2.0.0"));
        assert_eq!(told(json!("Chart.yaml"), NEW), is("3.0.0"));
        assert!(matches!(told(json!("Chart.yaml"), (false, 9)), Found::Stops(_)));
        let code = json!([{"filename": "b.txt", "updater": "./scripts/updater.js"}]);
        assert!(matches!(told(code, NEW), Found::Unknown(_)));
        let unreached = json!(["bower.json", {"filename": "b.txt", "updater": {"$code": "require('./u')"}}]);
        assert_eq!(told(unreached, NEW), is("1.0.0"));
    }
}
