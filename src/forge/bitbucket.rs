//! Bitbucket Cloud.

use super::{Asked, Error, Fact, Forge, Place, Request, Response, Want};
use crate::pull_request::PullRequest;
use crate::squash::SquashMessage;
use serde_json::{Map, Value};

/// Bitbucket Cloud.
#[derive(Clone, Copy, Debug)]
pub struct Bitbucket;

impl Forge for Bitbucket {
    fn id(&self) -> &'static str {
        "bitbucket"
    }
    fn name(&self) -> &'static str {
        "Bitbucket Cloud"
    }
    fn origin(&self) -> &'static str {
        "https://bitbucket.org"
    }
    fn api(&self) -> &'static str {
        "https://api.bitbucket.org/"
    }
    fn example(&self) -> String {
        "https://bitbucket.org/acme/widgets/pull-requests/42".to_owned()
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
