// SPDX-License-Identifier: GPL-2.0
/*
 * Order in which the parts of levee come up and go down.
 */
#include <linux/module.h>
#include <net/genetlink.h>

#include "ban.h"
#include "event.h"
#include "hook.h"
#include "lists.h"
#include "netlink.h"
#include "offender.h"
#include "pernet.h"
#include "ruleset.h"

static int __init levee_init(void)
{
	int err;

	err = levee_ruleset_init();
	if (err)
		return err;
	err = levee_offender_init();
	if (err)
		goto err_ruleset_exit;
	err = levee_lists_init();
	if (err)
		goto err_offender_exit;
	err = levee_ban_init();
	if (err)
		goto err_lists_exit;
	err = levee_event_init();
	if (err)
		goto err_ban_exit;
	err = levee_pernet_init();
	if (err)
		goto err_event_exit;
	err = levee_hook_init();
	if (err)
		goto err_pernet_exit;
	/* Last: from here on, commands come in. */
	err = levee_netlink_init();
	if (err)
		goto err_hook_exit;
	return 0;

err_hook_exit:
	levee_hook_exit();
err_pernet_exit:
	levee_pernet_exit();
err_event_exit:
	levee_event_exit();
err_ban_exit:
	levee_ban_exit();
err_lists_exit:
	levee_lists_exit();
err_offender_exit:
	levee_offender_exit();
err_ruleset_exit:
	levee_ruleset_exit();
	return err;
}

static void __exit levee_exit(void)
{
	levee_netlink_exit();
	levee_hook_exit();
	levee_pernet_exit();
	levee_event_exit();
	levee_ban_exit();
	levee_lists_exit();
	levee_offender_exit();
	levee_ruleset_exit();
}

module_init(levee_init);
module_exit(levee_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Keeps a gateway and what is behind it reachable during a flood");
MODULE_ALIAS_GENL_FAMILY("levee");
