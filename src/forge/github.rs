//! GitHub.

use super::{Asked, Error, Fact, Forge, Place, Request, Response, Want};
use crate::pull_request::PullRequest;
use crate::squash::SquashMessage;
use serde_json::{Map, Value};

/// GitHub.
#[derive(Clone, Copy, Debug)]
pub struct GitHub;

impl Forge for GitHub {
    fn id(&self) -> &'static str {
        "github"
    }
    fn name(&self) -> &'static str {
        "GitHub"
    }
    fn origin(&self) -> &'static str {
        "https://github.com"
    }
    fn api(&self) -> &'static str {
        "https://api.github.com/"
    }
    fn example(&self) -> String {
        "https://github.com/acme/widgets/pull/42".to_owned()
    }
    fn locate(&self, _url: &str) -> Option<Place> {
        None
    }
    fn requests(&self, _wants: &[Want], _asked: &Asked<'_>) -> Vec<Request> {
        Vec::new()
    }
    fn read(&self, _request: &Request, _response: &Response) -> Result<Vec<Fact>, Error> {
        Ok(Vec::new())
    }
    fn squash(&self, _: &PullRequest, _: &Place, _: Option<&Map<String, Value>>) -> SquashMessage {
        SquashMessage::default()
    }
}
