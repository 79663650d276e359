"""The drop-downs of the service desk that the office extends, with what they begin with."""

from app.kernel.errors import N_
from app.lowcode.dictionary import DictionaryDeclaration
from app.service.models.repairs import SOURCE, TRADE

DICTIONARIES = (
    DictionaryDeclaration(
        TRADE,
        N_("维修工种"),
        (
            N_("水电"),
            N_("管道疏通"),
            N_("土建泥瓦"),
            N_("门窗五金"),
            N_("暖通空调"),
            N_("电梯"),
            N_("消防"),
            N_("弱电监控"),
            N_("综合"),
        ),
    ),
    DictionaryDeclaration(
        SOURCE, N_("报修来源"), (N_("电话"), N_("来访"), N_("巡查"), N_("微信"), N_("其他"))
    ),
)
