//! `maven-workspace`: release-please 17.11.2 `src/plugins/maven-workspace.ts`, with the versions that
//! `src/strategies/maven.ts` and `src/updaters/java/pom-xml.ts` write into a `pom.xml`.
//!
//! It goes by artifacts, and a package may hold several: the version to come is that of every `pom.xml` in the folder of
//! a package of the type `maven`, and whatever depends on one of them moves.

use super::config::{self, Package, Workspace};
use super::version::{Counting, Strategy, Version};
use super::workspace::{Moved, Outcome, Stop, reached};
use crate::bump::Bump;
use crate::collation;
use crate::files::Files;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The file an artifact is described in.
const POM: &str = "pom.xml";

/// A `pom.xml` that names a group, an artifact and a version.
struct Artifact {
    /// `group:artifact`.
    name: String,
    /// Its folder.
    path: String,
    version: String,
    /// `project/dependencies` and `project/dependencyManagement/dependencies`: names and versions.
    dependencies: [Vec<(String, Option<String>)>; 2],
}

/// The places of all `pom.xml` files among these.
pub fn manifests<'a>(paths: impl Iterator<Item = &'a str>) -> impl Iterator<Item = &'a str> {
    paths.filter(|path| path.strip_suffix(POM).is_some_and(|folder| folder.is_empty() || folder.ends_with('/')))
}

/// The packages that move once those with a version in `decided` do.
pub fn run(
    workspace: Workspace,
    files: &Files,
    packages: &[&Package],
    decided: &[Option<Version>],
) -> Result<Outcome, Stop> {
    let mut outcome = Outcome::default();
    let at = |path: &str| packages.iter().position(|package| package.path == path);
    let candidate = |path: &str| {
        let place = at(path).filter(|at| packages.get(*at).is_some_and(|package| workspace.of.takes(&package.kind)))?;
        Some((place, decided.get(place)?.as_ref()?))
    };
    if !packages.iter().any(|package| candidate(&package.path).is_some()) {
        return Ok(outcome);
    }
    let read: Vec<Artifact> = manifests(files.paths()).filter_map(|path| artifact(path, files.text(path)?)).collect();
    let listed = |artifact: &&Artifact| workspace.all_artifacts || at(&artifact.path).is_some();
    let all: Vec<&Artifact> = read.iter().filter(listed).collect();
    let missing = packages.iter().filter(|package| workspace.of.takes(&package.kind));
    let missing = missing.map(|package| config::inside(&package.path, POM));
    outcome.unread = missing.filter(|path| files.text(path).is_none()).collect();
    let mut own: Vec<(&str, usize, &Version)> = Vec::new();
    for artifact in &all {
        let Some((package, version)) = candidate(&artifact.path) else { continue };
        match own.iter_mut().find(|(name, ..)| *name == artifact.name) {
            Some(known) => *known = (&artifact.name, package, version),
            None => own.push((&artifact.name, package, version)),
        }
    }
    let of_candidate = |name: &str| own.iter().find(|(known, ..)| *known == name);
    let folder = |package: usize| packages.get(package).map_or("", |package| package.path.as_str());
    let reached = reached(
        &all,
        |artifact| &artifact.name,
        |artifact| {
            let versioned = artifact.dependencies.iter().flatten().filter(|(_, version)| version.is_some());
            let names: BTreeSet<&str> = versioned.map(|(name, _)| name.as_str()).collect();
            names.into_iter().collect()
        },
        |artifact| {
            if workspace.all_artifacts {
                own.iter().any(|(_, package, _)| is_inside(&artifact.path, folder(*package)))
            } else {
                workspace.all || of_candidate(&artifact.name).is_some()
            }
        },
    )?;
    let mut ordered: Vec<&Artifact> = reached.iter().filter_map(|at| all.get(*at).copied()).collect();
    ordered.sort_by(|left, right| collation::compare(&left.name, &right.name));
    if ordered.is_empty() && outcome.unread.is_empty() {
        return Err(Stop::NoMember);
    }
    let versions = versions(&read, &ordered, packages, &own)?;
    let mut done: BTreeSet<&str> = BTreeSet::new();
    for artifact in ordered {
        let nearest =
            || own.iter().find(|(_, package, _)| artifact.path.starts_with(&format!("{}/", folder(*package))));
        let existing = of_candidate(&artifact.name).or_else(nearest);
        let (notes, because) = notes(artifact, &versions);
        let path = existing.map_or(artifact.path.as_str(), |(_, package, _)| folder(*package));
        let Some(package) = at(path).filter(|_| done.insert(path)) else { continue };
        let known = versions.iter().find(|(name, ..)| *name == artifact.name);
        let version = known.filter(|_| existing.is_none());
        // A package whose version another one's release has told gets a text and no version in the manifest.
        if existing.is_none() && !version.is_some_and(|(.., forced)| *forced) {
            continue;
        }
        outcome.moved.push(Moved { package, version: version.map(|(_, version, _)| version.clone()), notes, because });
    }
    let of_plugin = |at: &usize| packages.get(*at).is_some_and(|package| candidate(&package.path).is_some());
    let kept = |at: usize| outcome.moved.iter().any(|moved| moved.package == at);
    let told = |at: usize| files.text(&config::inside(folder(at), POM)).is_some();
    outcome.lost = (0..packages.len()).filter(|at| of_plugin(at) && !kept(*at) && told(*at)).collect();
    Ok(outcome)
}

/// `buildUpdatedVersions`: the versions to come, in the order in which they were told, which is that of the notes; and
/// whether nothing but a dependency asks for it.
fn versions<'a>(
    read: &'a [Artifact],
    ordered: &[&'a Artifact],
    packages: &[&Package],
    own: &[(&'a str, usize, &Version)],
) -> Result<Vec<(&'a str, Version, bool)>, Stop> {
    let mut versions: Vec<(&str, Version, bool)> = Vec::new();
    let mut set =
        |name: &'a str, version: &Version, forced: bool| match versions.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, known, _)) if !forced => known.clone_from(version),
            Some(_) => {}
            None => versions.push((name, version.clone(), forced)),
        };
    for (_, package, version) in own {
        let Some(package) = packages.get(*package).filter(|package| package.kind == "maven") else { continue };
        let inside = |artifact: &&Artifact| package.path == "." || is_inside(&artifact.path, &package.path);
        for artifact in read.iter().filter(inside) {
            set(&artifact.name, version, false);
        }
    }
    // `bumpVersion`: a patch at any rate, and no snapshot's mark.
    let forced = Counting { strategy: Strategy::Always(Bump::Patch), snapshots: true, ..Counting::default() };
    for artifact in ordered {
        if let Some((_, _, version)) = own.iter().find(|(name, ..)| *name == artifact.name) {
            set(&artifact.name, version, false);
            continue;
        }
        let from = Version::find(&artifact.version);
        let next = from.and_then(|from| forced.next(&from, &[]).ok().flatten());
        let next = next.ok_or_else(|| Stop::NoVersion(config::inside(&artifact.path, POM)))?;
        set(&artifact.name, &next, true);
    }
    Ok(versions)
}

/// Whether a folder is that folder or lies in it.
fn is_inside(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `getChangelogDepsNotes`, with the commas that the tool joins its lines by, and the names in it.
fn notes(artifact: &Artifact, versions: &[(&str, Version, bool)]) -> (String, Vec<String>) {
    let mut lines = Vec::new();
    let mut names: Vec<String> = Vec::new();
    for (name, version, _) in versions {
        let text = version.to_string();
        let differs =
            |(known, old): &(String, Option<String>)| known == name && old.as_ref().is_some_and(|old| *old != text);
        for _ in artifact.dependencies.iter().filter(|listed| listed.iter().any(differs)) {
            lines.push(format!("\n    * {name} bumped to {text}"));
            if names.last().is_none_or(|last| last != name) {
                names.push((*name).to_owned());
            }
        }
    }
    let mut notes = String::new();
    if !lines.is_empty() {
        let _ = write!(notes, "* The following workspace dependencies were updated{}", lines.join(","));
    }
    (notes, names)
}

/// `parseMavenArtifact`; `None` where the file names no group, no artifact or no version of its own.
fn artifact(path: &str, text: &str) -> Option<Artifact> {
    let nodes = nodes(text);
    let child =
        |of: usize, name: &str| nodes.iter().position(|node| node.parent == Some(of) && local(node.name) == name);
    if local(nodes.first()?.name) != "project" {
        return None;
    }
    let text = |name: &str| Some(nodes.get(child(0, name)?)?.text);
    let listed = |of: usize| child(of, "dependencies").map(|folder| dependencies(&nodes, folder)).unwrap_or_default();
    Some(Artifact {
        name: format!("{}:{}", text("groupId")?, text("artifactId")?),
        path: path.strip_suffix(POM)?.strip_suffix('/').unwrap_or(".").to_owned(),
        version: text("version")?.to_owned(),
        dependencies: [listed(0), child(0, "dependencyManagement").map(listed).unwrap_or_default()],
    })
}

/// `parseDependencyNode` of all in a list: their names, and their versions where they say one.
fn dependencies(nodes: &[Node<'_>], folder: usize) -> Vec<(String, Option<String>)> {
    let mut listed = Vec::new();
    // Group, artifact and version of the dependency at that place.
    let mut open: Option<(usize, [&str; 3])> = None;
    let mut close = |dependency: Option<(usize, [&str; 3])>| {
        if let Some((_, [group, artifact, version])) = dependency {
            listed.push((format!("{group}:{artifact}"), (!version.is_empty()).then(|| version.to_owned())));
        }
    };
    for (at, node) in nodes.iter().enumerate().skip(folder) {
        if node.parent == Some(folder) && local(node.name) == "dependency" {
            close(open.replace((at, [""; 3])));
        } else if let Some((_, [group, artifact, version])) =
            open.as_mut().filter(|(dependency, _)| node.parent == Some(*dependency))
        {
            match node.name {
                "groupId" => *group = node.text,
                "artifactId" => *artifact = node.text,
                "version" => *version = node.text,
                _ => {}
            }
        }
    }
    close(open);
    listed
}

/// The text of the first element that lies there, from the outermost down.
#[must_use]
pub fn text_at<'a>(text: &'a str, path: &[&str]) -> Option<&'a str> {
    let nodes = nodes(text);
    let mut parent = None;
    for name in path {
        parent = Some(nodes.iter().position(|node| node.parent == parent && node.name == *name)?);
    }
    nodes.get(parent?).map(|node| node.text.trim())
}

/// A name without its namespace.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// An element of an XML file.
struct Node<'a> {
    name: &'a str,
    /// Its place among the elements; none for the outermost.
    parent: Option<usize>,
    /// What it begins with, up to its first tag or comment.
    text: &'a str,
}

/// The elements of an XML file in their order, as far as they can be told.
fn nodes(text: &str) -> Vec<Node<'_>> {
    let mut nodes: Vec<Node<'_>> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    // The element whose first text is still to come.
    let mut fresh = None;
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        if let Some(node) = fresh.take().and_then(|at: usize| nodes.get_mut(at)) {
            node.text = before;
        }
        let end = |mark: &'static str| behind.split_once(mark).map_or("", |(_, after)| after);
        if behind.starts_with("!--") {
            rest = end("-->");
        } else if let Some(data) = behind.strip_prefix("![CDATA[") {
            let (inside, after) = data.split_once("]]>").unwrap_or((data, ""));
            if let Some(node) = open.last().and_then(|at| nodes.get_mut(*at)).filter(|node| node.text.is_empty()) {
                node.text = inside;
            }
            rest = after;
        } else if behind.starts_with('?') {
            rest = end("?>");
        } else if behind.starts_with('!') {
            rest = end(">");
        } else if behind.starts_with('/') {
            open.pop();
            rest = end(">");
        } else {
            let (tag, after) = tag_and_rest(behind);
            let name =
                tag.split(|letter: char| letter.is_ascii_whitespace() || letter == '/').next().unwrap_or_default();
            nodes.push(Node { name, parent: open.last().copied(), text: "" });
            if !tag.ends_with('/') {
                open.push(nodes.len() - 1);
                fresh = Some(nodes.len() - 1);
            }
            rest = after;
        }
    }
    nodes
}

/// What stands in a tag, and what behind it; a `>` in quotes does not end it.
fn tag_and_rest(text: &str) -> (&str, &str) {
    let mut quote = None;
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (None, '>') => return (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default()),
            (None, '"' | '\'') => quote = Some(letter),
            (Some(open), letter) if open == letter => quote = None,
            _ => {}
        }
    }
    (text, "")
}

#[cfg(test)]
mod tests {
    use super::super::config::Ecosystem;
    use super::*;

    fn pom(artifact: &str, version: &str, rest: &str) -> String {
        format!(
            "<?xml version='1.0'?><!-- <project/> --><project a=\"x>y\"><m:groupId>g</m:groupId><artifactId>{artifact}</artifactId><version>{version}</version>{rest}</project>"
        )
    }

    fn on(artifact: &str, version: &str) -> String {
        format!(
            "<dependencies><dependency><groupId>g</groupId><artifactId>{artifact}</artifactId>{version}</dependency></dependencies>"
        )
    }

    /// What moves once the first of the packages a and b becomes 2.0.0: `place version notes`.
    fn moved(files: &[(&str, &str)], all_artifacts: bool) -> Result<Vec<String>, Stop> {
        let package = |path: &str| Package { path: path.to_owned(), kind: "maven".to_owned(), ..Package::default() };
        let packages = [package("a"), package("b")];
        let packages: Vec<&Package> = packages.iter().collect();
        let workspace =
            Workspace { of: Ecosystem::Maven, all: false, peers: false, merges: true, all_artifacts, linked_before: 0 };
        let outcome = run(workspace, &Files::of(files.iter().copied()), &packages, &[Version::find("2.0.0"), None])?;
        let line = |moved: &Moved| {
            let version = moved.version.as_ref().map(ToString::to_string).unwrap_or_default();
            format!("{} {version} {}", moved.package, moved.notes.replace('\n', "|"))
        };
        Ok(outcome.moved.iter().map(line).collect())
    }

    #[test]
    fn artifacts_move_with_what_they_depend_on() {
        let (a, inner) = (pom("a", "1.0.0", ""), pom("a-inner", "1.0.0", ""));
        let twice = format!(
            "{}<dependencyManagement>{}</dependencyManagement>",
            on("a-inner", "<version>1.0.0</version>"),
            on("a", "<version>${v}</version>")
        );
        let b = pom("b", "0.3.0-SNAPSHOT", &twice);
        let files = [("a/pom.xml", a.as_str()), ("a/inner/pom.xml", &inner), ("b/pom.xml", &b)];
        let told = "* The following workspace dependencies were updated|";
        assert_eq!(
            moved(&files, true).unwrap(),
            ["0  ".to_owned(), format!("1 0.3.0 {told}    * g:a-inner bumped to 2.0.0,|    * g:a bumped to 2.0.0")]
        );
        // What names no version of its dependency does not depend on it.
        let free = pom("b", "0.3.0", &on("a", ""));
        let files = [("a/pom.xml", a.as_str()), ("b/pom.xml", &free)];
        assert_eq!(moved(&files, true).unwrap(), ["0  "]);
    }

    #[test]
    fn what_the_plugin_ends_with_an_error_at() {
        let a = pom("a", "1.0.0", &on("b", "<version>1</version>"));
        let b = pom("b", "${revision}", &on("a", "<version>1</version>"));
        let files = [("a/pom.xml", a.as_str()), ("b/pom.xml", &b)];
        assert!(matches!(moved(&files, true), Err(Stop::Cycle(_))));
        let a = pom("a", "1.0.0", "");
        let files = [("a/pom.xml", a.as_str()), ("b/pom.xml", &b)];
        assert_eq!(moved(&files, true), Err(Stop::NoVersion("b/pom.xml".to_owned())));
        let inherits = pom("a", "1.0.0", "").replace("m:groupId", "g");
        assert_eq!(moved(&[("a/pom.xml", inherits.as_str()), ("b/pom.xml", "")], true), Err(Stop::NoMember));
    }
}
