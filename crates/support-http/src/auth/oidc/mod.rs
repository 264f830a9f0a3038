//! Signing in with an identity provider, for staff: authorisation code with PKCE (OpenID Connect Core 1.0).
//!
//! `login` sends a browser to the provider and gives it a cookie; `callback`, where the provider sends it
//! back to, needs that cookie, so that nobody can be made to end a sign-in that somebody else began. It sends
//! the browser on to a page of this service with a code in the address's fragment, which neither servers nor
//! other pages see; `token` exchanges the code for a session, and needs a second cookie, so that the code is
//! of no use in another browser.

pub(crate) mod callback;
mod cookie;
pub(crate) mod login;
pub(crate) mod token;
