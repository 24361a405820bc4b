//! What crosses to TypeScript is what its generated declarations say: real values are written to `build/wire-samples.ts`
//! as they cross, and `scripts/test.mjs` has the TypeScript compiler check them against the declarations.

#![allow(clippy::unwrap_used)] // A test fails by panicking.

use serde::Serialize;
use squashcast::bump::Bump;
use squashcast::check::{Field, Severity};
use squashcast::text::Text;
use squashcast::view::{
    AlternativeView, EditView, FailureView, FindingView, LandedView, LandingView, PanelView, Phase, PillView,
    PlaceView, ReasonView, ReleaseView, SourceView, SquashView, ToolView,
};
use squashcast::wire::{Dialog, PageContext, PlaygroundCase, RepositorySettings, Settings};
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn text() -> Text {
    Text::new("id", ["argument"])
}

/// A view in which everything that can be there is there.
fn full() -> PanelView {
    PanelView {
        phase: Phase::Ready,
        forge: "github".into(),
        repository: "acme/widgets".into(),
        pill: PillView {
            bump: Some(Bump::Minor),
            word: text(),
            version: Some("1.5.0".into()),
            findings: 1,
            severity: Some(Severity::Warning),
            label: text(),
        },
        squash: Some(SquashView { subject: "feat: a (#1)".into(), body: String::new(), rule: text(), assumed: true }),
        landing: Some(LandingView {
            method: text(),
            from: text(),
            assumed: false,
            commits: vec![LandedView {
                subject: "feat: a".into(),
                sha: Some("0123456".into()),
                url: Some("https://example.org".into()),
                bump: Some(Bump::Minor),
            }],
            more: 1,
            merge: Some(SquashView { subject: "Merge".into(), body: String::new(), rule: text(), assumed: false }),
        }),
        tool: Some(ToolView { id: "semantic-release".into(), name: "semantic-release".into(), recognised: text() }),
        releases: vec![ReleaseView {
            component: String::new(),
            previous: Some("1.4.2".into()),
            next: "1.5.0".into(),
            tag: "v1.5.0".into(),
            bump: Bump::Minor,
            reasons: vec![ReasonView {
                bump: Bump::Minor,
                rule: text(),
                subject: Some("feat: a".into()),
                sha: Some("0123456".into()),
                url: Some("https://example.org".into()),
                own: true,
            }],
            more: 1,
            entry: Some("# 1.5.0".into()),
        }],
        no_tool: Some(text()),
        nothing: Some(text()),
        alternatives: vec![AlternativeView {
            id: "every-merge".into(),
            name: "every merge".into(),
            bump: Some(Bump::Patch),
            next: Some("1.4.3".into()),
        }],
        findings: [Field::Title, Field::Description, Field::Commit, Field::DialogTitle, Field::DialogBody, Field::File]
            .into_iter()
            .zip([Severity::Info, Severity::Warning, Severity::Error].into_iter().cycle())
            .map(|(field, severity)| FindingView {
                id: "not-conventional".into(),
                severity,
                text: text(),
                place: Some(PlaceView {
                    field,
                    span: squashcast::message::Span { start: 0, end: 1 },
                    before: String::new(),
                    marked: "F".into(),
                    after: "eat".into(),
                }),
                fix: vec![EditView { field, value: "feat: a".into() }],
            })
            .collect(),
        assumptions: vec![text()],
        failures: vec![FailureView { text: text(), remedy: Some(text()), until: Some(1), detail: "pulls/1".into() }],
        sources: vec![SourceView { text: text(), at: 1 }],
    }
}

/// A view in which everything that can be missing is missing.
fn bare(phase: Phase) -> PanelView {
    let mut view = full();
    view.phase = phase;
    view.pill = PillView { bump: None, word: text(), version: None, findings: 0, severity: None, label: text() };
    (view.squash, view.landing, view.tool, view.nothing) = (None, None, None, None);
    for release in &mut view.releases {
        (release.previous, release.entry) = (None, None);
        for reason in &mut release.reasons {
            (reason.subject, reason.sha, reason.url) = (None, None, None);
        }
    }
    for finding in &mut view.findings {
        (finding.place, finding.fix) = (None, Vec::new());
    }
    for failure in &mut view.failures {
        (failure.remedy, failure.until) = (None, None);
    }
    view
}

#[test]
fn samples_are_written_for_the_compiler() {
    let page = PageContext { dialog: Some(Dialog::default()), ..PageContext::default() };
    let settings = Settings {
        repositories: [("https://github.com/acme/widgets".to_owned(), RepositorySettings::default())].into(),
    };
    let mut module = String::from("// Written by tests/wire.rs.\n");
    let names = ["PanelView", "PageContext", "Settings", "PlaygroundCase"];
    writeln!(module, "import type {{ {} }} from './wire';", names.join(", ")).unwrap();
    let mut count = 0;
    let mut add = |name: &str, value: String| {
        count += 1;
        writeln!(module, "export const sample{count}: {name} = {value};").unwrap();
    };
    add("PanelView", json(&full()));
    for phase in [Phase::Loading, Phase::Partial, Phase::Failed] {
        add("PanelView", json(&bare(phase)));
    }
    for bump in [Bump::None, Bump::Patch, Bump::Minor, Bump::Major] {
        let mut view = full();
        view.pill.bump = Some(bump);
        add("PanelView", json(&view));
    }
    add("PageContext", json(&PageContext::default()));
    add("PageContext", json(&page));
    add("Settings", json(&settings));
    add("PlaygroundCase", json(&PlaygroundCase::default()));
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("build");
    fs::create_dir_all(&build).unwrap();
    fs::write(build.join("wire-samples.ts"), module).unwrap();
}

/// An object literal is checked for surplus keys, too, which JSON that was parsed would not be.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}
