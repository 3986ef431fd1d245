"""What Discord says where it does not let the bot in, as an error that names its mend."""

import aiohttp
import discord

from bot.errors import GetToken, TryAgainLater

_TOKEN_REFUSED = 4004
"""Discord's close code "Authentication failed" (API documentation, "Gateway Close Event Codes")."""

_MEND_LOGIN = (
    "open https://discord.com/developers/applications, choose your application, Bot, Reset Token, and put it into .env "
    "as DISCORD_TOKEN=... (docs/discord.md has every step)"
)
_MEND_CONNECTION = (
    "check the network, that a firewall lets HTTPS to discord.com and gateway.discord.gg pass, and "
    "https://discordstatus.com, then start again"
)


def token_missing() -> GetToken:
    """Return the error for a missing token, with the way to get one."""
    return GetToken("there is no DISCORD_TOKEN", _MEND_LOGIN)


def token_odd() -> GetToken:
    """Return the error for a token that cannot be one."""
    return GetToken("DISCORD_TOKEN holds characters that no token has", _MEND_LOGIN)


def raise_as_ours(error: BaseException | None) -> None:
    """Raise what ended the client as an error that names its mend; anything unforeseen as it is."""
    match error:
        case None:
            return
        case discord.LoginFailure():
            raise GetToken("Discord refuses DISCORD_TOKEN", _MEND_LOGIN) from None
        case discord.ConnectionClosed(code=code) if code == _TOKEN_REFUSED:
            raise GetToken("Discord no longer accepts DISCORD_TOKEN", _MEND_LOGIN) from None
        case discord.ConnectionClosed(code=code):
            raise TryAgainLater(f"Discord closed the connection with code {code}", _MEND_CONNECTION) from None
        case discord.HTTPException(status=status):
            raise TryAgainLater(f"Discord answered {status} at login", _MEND_CONNECTION) from None
        case aiohttp.ClientError() | OSError() | discord.GatewayNotFound():
            raise TryAgainLater(f"Discord cannot be reached ({type(error).__name__})", _MEND_CONNECTION) from None
        case _:
            raise error
