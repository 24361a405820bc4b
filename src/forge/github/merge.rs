//! The merge commit GitHub writes.
//!
//! The rule: REST reference, `merge_commit_title` (`MERGE_MESSAGE`, `PR_TITLE`) and `merge_commit_message` (`PR_TITLE`,
//! `PR_BODY`, `BLANK`); GitHub Docs, "About pull request merges".

use super::squash::numbered;
use crate::message::unix;
use crate::pull_request::PullRequest;
use crate::squash::{Source, SquashMessage, SubjectFrom};
use crate::text::Text;
use serde_json::{Map, Value};

/// Composes the message. Without settings GitHub's defaults are assumed. The owner of the branch is that of the
/// repository: a fork's is not known here, and no tool reads it.
pub(super) fn compose(pull_request: &PullRequest, owner: &str, settings: Option<&Map<String, Value>>) -> SquashMessage {
    let setting = |key: &str| settings.and_then(|settings| settings.get(key)).and_then(Value::as_str);
    let (title, body) = (setting("merge_commit_title"), setting("merge_commit_message"));
    let known = title.is_some() && body.is_some();
    let (subject, subject_from) = if title == Some("PR_TITLE") {
        (numbered(&pull_request.title, pull_request.number), SubjectFrom::Title)
    } else {
        let number = match pull_request.number {
            0 => String::new(),
            number => format!(" #{number}"),
        };
        (format!("Merge pull request{number} from {owner}/{}", pull_request.head), SubjectFrom::Forge)
    };
    let body = match body.unwrap_or("PR_TITLE") {
        "PR_BODY" => unix(&pull_request.description).trim().to_owned(),
        "BLANK" => String::new(),
        _ => pull_request.title.clone(),
    };
    SquashMessage {
        text: SquashMessage::compose(&subject, &body),
        source: if known { Source::Composed } else { Source::Assumed },
        rule: Text::new("merge_github", []),
        subject_from,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(title: Option<&str>, body: Option<&str>, expected: &str) {
        let pull = PullRequest {
            number: 42,
            title: "feat: a".into(),
            description: "Does a.\r\n".into(),
            head: "mesh".into(),
            ..PullRequest::default()
        };
        let settings = json!({"merge_commit_title": title, "merge_commit_message": body});
        let known = title.is_some();
        let merge = compose(&pull, "acme", settings.as_object());
        assert_eq!((merge.text.as_str(), merge.source == Source::Composed), (expected, known));
    }

    #[test]
    fn every_setting() {
        check(None, None, "Merge pull request #42 from acme/mesh\n\nfeat: a");
        check(Some("MERGE_MESSAGE"), Some("PR_TITLE"), "Merge pull request #42 from acme/mesh\n\nfeat: a");
        check(Some("PR_TITLE"), Some("PR_BODY"), "feat: a (#42)\n\nDoes a.");
        check(Some("PR_TITLE"), Some("BLANK"), "feat: a (#42)");
    }
}
