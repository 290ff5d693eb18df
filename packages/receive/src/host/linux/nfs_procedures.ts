/** The procedures of the NFS versions, in the order in which `/proc/net/rpc` counts them. */

import { fieldsOf } from '../text.ts';

export const NFS_V2 = fieldsOf(`
  Null GetAttr SetAttr Root Lookup ReadLink Read WrCache Write Create Remove Rename Link SymLink MkDir RmDir ReadDir
  FsStat
`);

export const NFS_V3 = fieldsOf(`
  Null GetAttr SetAttr Lookup Access ReadLink Read Write Create MkDir SymLink MkNod Remove RmDir Rename Link ReadDir
  ReadDirPlus FsStat FsInfo PathConf Commit
`);

/** What clients call; later kernels append more. */
export const NFS_V4_CLIENT = fieldsOf(`
  Null Read Write Commit Open OpenConfirm OpenNoattr OpenDowngrade Close Setattr FsInfo Renew SetClientID
  SetClientIDConfirm Lock Lockt Locku Access Getattr Lookup LookupRoot Remove Rename Link Symlink Create Pathconf
  StatFs ReadLink ReadDir ServerCaps DelegReturn GetACL SetACL FsLocations ReleaseLockowner Secinfo FsidPresent
  ExchangeID CreateSession DestroySession Sequence GetLeaseTime ReclaimComplete GetDeviceInfo LayoutGet LayoutCommit
  LayoutReturn SecinfoNoName TestStateID FreeStateID GetDeviceList BindConnToSession DestroyClientID Seek Allocate
  DeAllocate LayoutStats Clone
`);

/** What servers carry out: the operations of RFC 7530; dashes are numbers without an operation or without a metric. */
export const NFS_V4_SERVER = fieldsOf(`
  - - - Access Close Commit Create DelegPurge DelegReturn GetAttr GetFH Link Lock Lockt Locku Lookup LookupRoot
  Nverify Open OpenAttr OpenConfirm OpenDgrd PutFH - - Read ReadDir ReadLink Remove Rename Renew RestoreFH SaveFH
  SecInfo SetAttr - - Verify Write RelLockOwner
`);
